import type { BrokerLog } from '../broker-log.js';

/*
 * The part of the optional package `pulsar-client` that is used. Own interfaces: its types vanish with the package.
 */

export interface NativeMessageId {
  toString(): string;
}

/** Lives in memory that V8 does not see: copy what is needed at once, and let go of it. */
export interface NativeMessage {
  getData(): Buffer;
  getTopicName(): string;
  getMessageId(): NativeMessageId;
  /** Epoch milliseconds. */
  getPublishTimestamp(): number;
  /** Epoch milliseconds; 0 when unset. */
  getEventTimestamp(): number;
  /** `''` when unset. */
  getPartitionKey(): string;
  /** An array with named keys: a key like `4294967290` makes it four thousand million long. Only `Object.entries`. */
  getProperties(): Record<string, string>;
  /** Null where the producer did not encrypt. */
  getEncryptionContext(): NativeEncryptionContext | null;
}

export interface NativeEncryptionContext {
  readonly keys: readonly {
    readonly key: string;
    readonly value: Buffer;
    readonly metadata: Readonly<Record<string, string>>;
  }[];
  readonly param: Buffer;
  readonly algorithm: string;
  readonly compressionType: string;
  readonly uncompressedMessageSize: number;
  /** -1: no batch. */
  readonly batchSize: number;
}

export interface NativeConsumer {
  batchReceive(): Promise<NativeMessage[]>;
  acknowledgeId(id: NativeMessageId): Promise<unknown>;
  acknowledgeCumulativeId(id: NativeMessageId): Promise<unknown>;
  isConnected(): boolean;
  close(): Promise<unknown>;
}

export interface NativeProducer {
  send(message: {
    data: Buffer;
    properties?: Record<string, string>;
    eventTimestamp?: number;
    partitionKey?: string;
  }): Promise<NativeMessageId>;
  close(): Promise<unknown>;
}

export interface NativeClient {
  subscribe(configuration: Readonly<Record<string, unknown>>): Promise<NativeConsumer>;
  createProducer(configuration: Readonly<Record<string, unknown>>): Promise<NativeProducer>;
  close(): Promise<unknown>;
}

interface NativeModule {
  readonly Client: {
    new (configuration: Record<string, unknown>): NativeClient;
    setLogHandler(handler: (level: number, file: string, line: number, message: string) => void): void;
  };
  readonly AuthenticationToken: new (configuration: { token: string }) => unknown;
  readonly AuthenticationTls: new (configuration: { certificatePath: string; privateKeyPath: string }) => unknown;
}

export interface NativeClientOptions {
  readonly serviceUrl: string;
  readonly token?: string | null;
  /** PEM file of a private authority. */
  readonly caFile?: string | null;
  readonly certificateFiles?: { readonly cert: string; readonly key: string } | null;
  readonly log: BrokerLog;
}

/** The package is not installed, was installed without its binary, or the binary does not fit this system. */
const UNAVAILABLE = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED']);
const PACKAGE: string = 'pulsar-client'; // a variable to the compiler, which must not look for the package
const WARNING = 2;
const OPERATION_TIMEOUT_S = 10;

/**
 * Loads the library and creates its client, which connects when it is first used.
 * @returns the client, or why the library cannot be loaded here
 */
export async function openNativeClient(options: NativeClientOptions): Promise<NativeClient | { unavailable: string }> {
  const library = await load();
  if ('unavailable' in library) return library;
  const { Client, AuthenticationToken, AuthenticationTls } = library;
  const { token, certificateFiles: files } = options;
  // Process-wide; without it the library prints to stdout.
  Client.setLogHandler((level, _file, _line, message) => {
    if (level >= WARNING) options.log.warn({ client: PACKAGE }, message);
  });
  return new Client({
    serviceUrl: options.serviceUrl,
    operationTimeoutSeconds: OPERATION_TIMEOUT_S,
    ...(files && { tlsCertificateFilePath: files.cert, tlsPrivateKeyFilePath: files.key }),
    // Without a token the certificate proves who we are.
    ...(files && { authentication: new AuthenticationTls({ certificatePath: files.cert, privateKeyPath: files.key }) }),
    ...(token && { authentication: new AuthenticationToken({ token }) }),
    ...(options.caFile && { tlsTrustCertsFilePath: options.caFile }),
  });
}

async function load(): Promise<NativeModule | { unavailable: string }> {
  try {
    const loaded = (await import(PACKAGE)) as NativeModule & { default?: NativeModule };
    return loaded.default ?? loaded;
  } catch (error) {
    // This is not `instanceof Error`, because a loader's error can come from another realm.
    const code = String((error as { code?: unknown } | null)?.code);
    if (!UNAVAILABLE.has(code)) throw error;
    return { unavailable: `the optional package ${PACKAGE} cannot be loaded (${code})` };
  }
}

/** The library's errors carry a result's name and no code. These are decided by the broker, not by the weather. */
const REFUSALS = /Authenti|Authori|NotFound|Invalid|Unsupported|NotAllowed/i;

export function describeNativeFailure(error: unknown): { reason: string; refused: boolean } {
  const reason = error instanceof Error ? error.message : String(error);
  return { reason: `the broker or the client library answered: ${reason}`, refused: REFUSALS.test(reason) };
}
