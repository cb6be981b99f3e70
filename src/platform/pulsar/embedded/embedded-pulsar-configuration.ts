import { networkInterfaces } from 'node:os';

/** The broker's ports, all on 127.0.0.1. */
export interface PulsarPorts {
  readonly broker: number;
  readonly web: number;
  readonly bookie: number;
}

/** The one bookie, as its data knows it. */
export interface Bookie {
  readonly port: number;
  /**
   * The folder as the broker is told, letter by letter. It is relative to its working folder, and absolute in data of
   * earlier versions.
   */
  readonly folder: string;
}

export interface JavaOptions {
  /**
   * Heap, and as much again for direct memory, taken as needed. 192 MB carried a million messages of 300 B, but with
   * messages of 5 MB on three topics it stopped, and so did 256.
   */
  readonly heapMb: number;
  /** `c1` is ready in two thirds of the CPU time (5.3 s against 8.4 s); `c2` is the right one for throughput. */
  readonly jit: 'c1' | 'c2';
  /** The name of the class archive among the jars; null: none. One that is not this JVM's is passed over. */
  readonly classArchive: string | null;
}

/**
 * BookKeeper's journal gives its buffer to the system whenever it is full, 64 KB unless told, in the middle of an entry
 * too. A broker killed then finds an entry that ends in zeros, and its topic never opens again ("Digest mismatch"; another
 * bookie would have the entry, a standalone has none): 7 of 15 kills under entries of 20 to 170 KB, 0 of 15 with a buffer
 * that holds the largest message beside what is written at once (512 KB).
 */
export const JOURNAL_BUFFER_KB = 6 * 1024;

/** standalone.conf for one small broker: few threads, small caches, no replication, WebSocket on. */
export function standaloneConf(ports: PulsarPorts, extra: Readonly<Record<string, string>>): string {
  const settings: Record<string, string | number | boolean> = {
    clusterName: 'standalone',
    bindAddress: '127.0.0.1',
    advertisedAddress: '127.0.0.1',
    brokerServicePort: ports.broker,
    webServicePort: ports.web,
    webSocketServiceEnabled: true,
    numIOThreads: 2,
    numHttpServerThreads: 4,
    numExecutorThreadPoolSize: 2,
    managedLedgerDefaultEnsembleSize: 1,
    managedLedgerDefaultWriteQuorum: 1,
    managedLedgerDefaultAckQuorum: 1,
    managedLedgerCacheSizeMB: 64,
    defaultNumberOfNamespaceBundles: 4,
    loadBalancerEnabled: false,
    loadManagerClassName: 'org.apache.pulsar.broker.loadbalance.NoopLoadManager',
    allowAutoTopicCreation: true,
    brokerDeleteInactiveTopicsEnabled: false,
    systemTopicEnabled: false,
    topicLevelPoliciesEnabled: false,
    transactionCoordinatorEnabled: false,
    ledgerStorageClass: 'org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage',
    dbStorage_writeCacheMaxSizeMb: 32,
    dbStorage_readAheadCacheMaxSizeMb: 32,
    nettyMaxFrameSizeBytes: 5_253_120,
    // The bookie: without these it listens on every address, on a port of the system's choice.
    bookieId: `127.0.0.1:${ports.bookie}`,
    allowEphemeralPorts: true, // in spite of its name: only so --bookkeeper-port counts
    listeningInterface: loopbackInterface(),
    allowLoopback: true,
    // After five errors in a minute the only bookie would be left alone for half an hour ("Not enough non-faulty bookies").
    bookkeeperClientHealthCheckEnabled: false,
    // A killed broker loses nothing (the system has the bytes); a power cut could. Run a real Pulsar where that matters.
    journalSyncData: false,
    journalWriteBufferSizeKB: JOURNAL_BUFFER_KB,
    diskUsageThreshold: 0.99,
    diskUsageWarnThreshold: 0.99,
    ...extra,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** It only matters that there is one: with it the bookie binds the advertised address alone. */
function loopbackInterface(): string {
  const found = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some(({ internal }) => internal),
  );
  return found?.[0] ?? 'lo';
}

export const LOG4J_XML = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN" shutdownHook="disable">
  <Appenders><Console name="console"><PatternLayout pattern="%d{ISO8601} %-5p %c{1} - %m%n"/></Console></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="console"/></Root></Loggers>
</Configuration>
`;

/** The packages that Netty, BookKeeper and the JVM metrics reach into, as Pulsar's own start script opens them. */
const OPENED_PACKAGES = [
  'java.base/java.io',
  'java.base/java.util.zip',
  'java.base/java.nio',
  'java.base/jdk.internal.misc',
  'java.base/sun.net',
  'java.base/jdk.internal.platform',
  'java.management/sun.management',
  'jdk.management/com.sun.management.internal',
];

/** The places of everything in the working folder. */
const LIB = 'lib';
export const BROKER_FILES = { settings: 'standalone.conf', logging: 'log4j2.xml', temporary: 'tmp', lib: LIB } as const;

/** A container often has another locale, in which a JVM cannot name a file whose path holds a letter beyond ASCII. */
// eslint-disable-next-line no-restricted-properties -- handed on as it is, not read
export const JAVA_ENVIRONMENT = { ...process.env, LC_ALL: 'C.UTF-8' };

/**
 * Arguments of `java` for a standalone that keeps everything in `folder`. No path among them is absolute: the broker makes
 * URLs of some and lists of others, so a blank, a percent sign or a colon would break it. `folder` itself is told for whoever
 * looks for the process; nothing reads it. `lib` is a link to the jars.
 */
export function javaArguments(folder: string, bookie: Bookie, options: JavaOptions): string[] {
  const drivers = 'org.apache.pulsar.metadata.bookkeeper.PulsarMetadata';
  return [
    `-Xms64m`,
    `-Xmx${options.heapMb}m`,
    `-XX:MaxDirectMemorySize=${options.heapMb}m`,
    '-XX:+UseSerialGC',
    '-Xshare:auto',
    ...(options.classArchive === null ? [] : [`-XX:SharedArchiveFile=${LIB}/${options.classArchive}`]),
    ...(options.jit === 'c1' ? ['-XX:TieredStopAtLevel=1'] : []),
    ...OPENED_PACKAGES.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
    // RocksDB and others unpack libraries (13 MB) at each start; a killed JVM would leave them in the system's folder for ever.
    `-Djava.io.tmpdir=${BROKER_FILES.temporary}`,
    '-Dio.netty.tryReflectionSetAccessible=true',
    '-Djava.net.preferIPv4Stack=true',
    '-Dlog4j.shutdownHookEnabled=false',
    `-Dlog4j2.configurationFile=${BROKER_FILES.logging}`,
    `-Dbookkeeper.metadata.bookie.drivers=${drivers}BookieDriver`,
    `-Dbookkeeper.metadata.client.drivers=${drivers}ClientDriver`,
    `-Dmonitoreo.folder=${folder}`,
    ...['-cp', `${LIB}/*`],
    'org.apache.pulsar.PulsarStandaloneStarter',
    ...['--config', BROKER_FILES.settings],
    ...['--metadata-url', 'rocksdb:metadata'],
    ...['--bookkeeper-dir', bookie.folder, '--bookkeeper-port', String(bookie.port)],
    // Neither functions nor stream storage: nothing here uses them.
    '-nfw',
    '-nss',
  ];
}
