/** Brokers of one's own: Redis and PostgreSQL on free ports, in folders that go with them, where the programs are installed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface OwnBroker {
  readonly url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again where it was; Redis has forgotten everything. */
  restart(): Promise<void>;
  /** Ends it and takes its folder away. */
  remove(): Promise<void>;
}

export interface BrokerProgram {
  readonly name: string;
  /** Whether it is on this machine. */
  readonly isThere: boolean;
  readonly start: () => Promise<OwnBroker>;
}

const redisProgram = programAt('redis-server');
const postgresProgram = programAt('postgres');

export const brokerPrograms: readonly BrokerProgram[] = [
  { name: 'Redis', isThere: redisProgram !== undefined, start: () => startRedis(redisProgram ?? '') },
  { name: 'PostgreSQL', isThere: postgresProgram !== undefined, start: () => startPostgres(postgresProgram ?? '') },
];

function programAt(name: string): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort().reverse() : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function startRedis(program: string): Promise<OwnBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'autoencoder-redis-'));
  const port = await freePort();
  const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  return ownBroker(`redis://127.0.0.1:${port}`, folder, () =>
    started(spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] }), /Ready to accept connections/),
  );
}

async function startPostgres(program: string): Promise<OwnBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'autoencoder-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const make = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'];
  execFileSync(join(program, '..', 'initdb'), make, { ...user, cwd: folder, stdio: 'ignore' });
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
  const words = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  return ownBroker(`postgres://postgres@127.0.0.1:${port}/postgres`, folder, () =>
    started(
      spawn(program, words, { ...user, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }),
      /ready to accept connections/,
    ),
  );
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}

async function ownBroker(url: string, folder: string, start: () => Promise<ChildProcess>): Promise<OwnBroker> {
  let child = await start();
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // SIGQUIT is what PostgreSQL takes for an end at once with all its processes; Redis dies of it, too.
    child.kill('SIGQUIT');
    await ended;
  };
  return {
    url,
    kill,
    async restart() {
      child = await start();
    },
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the program says that it is ready. */
function started(child: ChildProcess, ready: RegExp): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let said = '';
    const look = (chunk: Buffer): void => {
      said += chunk.toString();
      if (ready.test(said)) resolve(child);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
}
