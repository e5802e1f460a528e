/** The thread that computes. */
import { expose } from 'comlink';
import { makeSession } from './session.ts';

// Beside the page, wherever that is served from.
expose(makeSession(new URL('..', self.location.href)));
