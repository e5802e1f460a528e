/**
 * Told before the native runtime is loaded: since 1.29 its builds for Linux and macOS report to their makers what models look like and how
 * they run, and keep an identifier and a database in the home folder, unless this variable says otherwise. People's models are their own
 * business; who wants reports sets it to 0. In a thread of Node's it comes too late (its variables are a copy): the first thread says it.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
