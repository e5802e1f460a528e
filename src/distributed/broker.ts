/**
 * The queue of a plan in BullMQ, on Redis or PostgreSQL. It carries numbers of shards only, and hands each to one worker at a time; what is
 * done, the folder says. So a broker may lose everything: what is missing is put in again.
 */
import type { Job, Processor, Queue, Worker } from 'bullmq';
import { BrokerError, OptionError } from '../base/errors.ts';

/** What a queue tells a worker. */
export interface QueuedShard {
  readonly shard: number;
  /** As `shardKey`. */
  readonly key: string;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
}

export interface ShardQueue {
  /** Adds shards that are not in it; of those that failed, they are taken as new. */
  add(shards: readonly QueuedShard[]): Promise<void>;
  counts(): Promise<QueueCounts>;
  /** Never fails, and does not wait for a broker that is gone. */
  close(): Promise<void>;
}

export interface ShardConsumer {
  /** Lets go of the queue when the shard that is under way has ended. */
  close(): Promise<void>;
}

export interface ConsumerOptions {
  /** Works on a shard; `again` is for what another worker, or a later try, may do better. */
  readonly work: (shard: QueuedShard) => Promise<'ended' | 'again'>;
  /** Told of a shard that no worker is given any more: each that had it died. */
  readonly onLost: (shard: QueuedShard, reason: string) => void;
  /** After so long without a sign of life from its worker, a shard is given to another. */
  readonly lockSeconds: number;
}

export interface Broker {
  /** Without its password. */
  readonly name: string;
  queue(key: string): ShardQueue;
  consume(key: string, options: ConsumerOptions): ShardConsumer;
  /** Whether it answers now. */
  answers(): Promise<boolean>;
}

/** How long a broker may take to answer. */
const ANSWER_MS = 5000;
/** Workers that may die over a shard before it counts as failed. */
const MOST_LOST = 20;
/** Tries of a shard whose part could not be written, with pauses that double from the first. */
const TRIES = { attempts: 5, backoff: { type: 'exponential', delay: 1000 } } as const;
/** Jobs that are added with one message. */
const AT_ONCE = 1000;

/** @throws OptionError for another kind of address or a missing package, BrokerError for one that does not answer. */
export async function openBroker(url: string): Promise<Broker> {
  const { protocol } = addressOf(url);
  const broker = ['redis:', 'rediss:'].includes(protocol) ? await redisBroker(url) : await postgresBroker(url);
  await broker.probe();
  return {
    ...broker,
    answers: () =>
      broker.probe().then(
        () => true,
        () => false,
      ),
  };
}

type Probed = Omit<Broker, 'answers'> & { readonly probe: () => Promise<void> };

async function redisBroker(url: string): Promise<Probed> {
  const { Redis } = await packageOf('ioredis', () => import('ioredis'));
  const bullmq = await packageOf('bullmq', () => import('bullmq'));
  const name = nameOf(url);
  const connect = () => {
    const connection = new Redis(url, {
      maxRetriesPerRequest: null,
      connectTimeout: ANSWER_MS,
      retryStrategy: () => 500,
    });
    // Told where an answer is missing.
    connection.on('error', () => {});
    return connection;
  };
  return {
    name,
    async probe() {
      const connection = new Redis(url, {
        lazyConnect: true,
        connectTimeout: ANSWER_MS,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
      });
      let last: unknown;
      connection.on('error', (error: unknown) => {
        last = error;
      });
      try {
        await withinTime(connection.connect().then(() => connection.ping()));
      } catch (error) {
        throw noAnswer(name, last ?? error);
      } finally {
        connection.disconnect();
      }
    },
    queue(key) {
      const connection = connect();
      return shardQueue(new bullmq.Queue(queueName(key), { connection }), () => connection.disconnect());
    },
    consume(key, options) {
      const connection = connect();
      const { processor, idle } = processorFor(options);
      const worker = new bullmq.Worker(queueName(key), processor, { connection, ...workerOptions(options) });
      return shardConsumer(worker, options, idle, () => connection.disconnect());
    },
  };
}

async function postgresBroker(url: string): Promise<Probed> {
  const { default: pg } = await packageOf('pg', () => import('pg'));
  const bullmq = await packageOf('bullmq', () => import('bullmq'));
  const { createPostgresBackend } = bullmq;
  const name = nameOf(url);
  const connection = {
    connectionString: url,
    // The tables are made when they are not there.
    migrate: true,
    connectionTimeoutMillis: ANSWER_MS,
    keepAlive: true,
    max: 4,
  };
  return {
    name,
    async probe() {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS });
      client.on('error', () => {});
      try {
        await withinTime(client.connect().then(() => client.query('SELECT 1')));
      } catch (error) {
        throw noAnswer(name, error);
      } finally {
        void client.end().catch(() => {});
      }
    },
    queue: (key) => shardQueue(new bullmq.Queue(queueName(key), { connection }, createPostgresBackend), () => {}),
    consume(key, options) {
      const { processor, idle } = processorFor(options);
      const worker = new bullmq.Worker(
        queueName(key),
        processor,
        { connection, ...workerOptions(options) },
        createPostgresBackend,
      );
      return shardConsumer(worker, options, idle, () => {});
    },
  };
}

const queueName = (key: string): string => `autoencoder-${key}`;

/** A name that is no whole number, which BullMQ keeps for itself. */
const jobId = ({ shard, key }: QueuedShard): string => `${shard}-${key}`;

type AnyQueue = Pick<Queue, 'addBulk' | 'getJobCounts' | 'getFailed' | 'waitUntilReady' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

function shardQueue(queue: AnyQueue, disconnect: () => void): ShardQueue {
  queue.on('error', () => {});
  return {
    async add(shards) {
      await queue.waitUntilReady();
      for (const job of await queue.getFailed()) await job.remove();
      for (let at = 0; at < shards.length; at += AT_ONCE)
        await queue.addBulk(
          shards.slice(at, at + AT_ONCE).map((data) => ({
            name: 'shard',
            data,
            opts: { ...TRIES, jobId: jobId(data), removeOnComplete: true, removeOnFail: false },
          })),
        );
    },
    async counts() {
      const {
        waiting = 0,
        active = 0,
        delayed = 0,
        prioritized = 0,
        paused = 0,
        failed = 0,
      } = await withinTime(queue.waitUntilReady().then(() => queue.getJobCounts()));
      return { waiting: waiting + delayed + prioritized + paused, active, failed };
    },
    close: () => closed(queue.close(), disconnect),
  };
}

function workerOptions({ lockSeconds }: ConsumerOptions) {
  return {
    concurrency: 1,
    lockDuration: lockSeconds * 1000,
    stalledInterval: (lockSeconds * 1000) / 2,
    maxStalledCount: MOST_LOST,
    drainDelay: 1,
    runRetryDelay: 1000,
  };
}

/** What BullMQ calls, and the end of what it called last. */
interface Processing {
  readonly processor: Processor<QueuedShard>;
  readonly idle: () => Promise<unknown>;
}

function processorFor({ work }: ConsumerOptions): Processing {
  let last: Promise<'ended' | 'again'> | undefined;
  return {
    async processor({ data }: Job<QueuedShard>) {
      last = work(data);
      // What failed for good is in the folder, with its reason: the queue has done its part.
      if ((await last) === 'again') throw new Error('could not be written');
    },
    idle: () => Promise.resolve(last),
  };
}

type AnyWorker = Pick<Worker, 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: Job<QueuedShard> | undefined, error: Error) => void): unknown;
};

function shardConsumer(
  worker: AnyWorker,
  { onLost }: ConsumerOptions,
  idle: () => Promise<unknown>,
  disconnect: () => void,
): ShardConsumer {
  worker.on('error', () => {});
  worker.on('failed', (job, error) => {
    const isLast = job && (job.attemptsMade >= (job.opts.attempts ?? 1) || /stalled/.test(error.message));
    if (isLast) onLost(job.data, `${error.message}: no worker could end it`);
  });
  return {
    async close() {
      // From here on it takes no other.
      const closing = worker.close();
      await idle();
      await closed(closing, disconnect);
    },
  };
}

/** Waits for `closing` for a while, and then no more. */
async function closed(closing: Promise<void>, disconnect: () => void): Promise<void> {
  await withinTime(closing).catch(() => {});
  disconnect();
}

async function withinTime<Result>(answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address && ['redis:', 'rediss:', 'postgres:', 'postgresql:'].includes(address.protocol)) return address;
  throw new OptionError({
    where: '--broker',
    expected: 'an address such as redis://host:6379 or postgres://user@host/database',
    got: JSON.stringify(url.replace(/:[^:@/]*@/, ':…@')),
    fix: 'leave --broker out to work without one: autoencoder shard run --shard i/n',
  });
}

function nameOf(url: string): string {
  const address = addressOf(url);
  if (address.password !== '') address.password = '…';
  return decodeURI(address.href);
}

function noAnswer(name: string, cause: unknown): BrokerError {
  const got = cause instanceof AggregateError ? cause.errors.map(String).join(', ') : String(cause);
  return new BrokerError(
    {
      where: name,
      expected: 'a broker that answers',
      got: got.replace(/^Error: /, ''),
      fix: 'start it, check the address, or work without one: autoencoder shard run --shard i/n',
    },
    { cause },
  );
}

/** @throws OptionError where the package is not installed. */
async function packageOf<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    throw new OptionError(
      {
        where: '--broker',
        expected: `the package ${name}, which talks to brokers`,
        got: 'none installed',
        fix: `run: npm install ${name === 'bullmq' ? name : `bullmq ${name}`}`,
      },
      { cause },
    );
  }
}
