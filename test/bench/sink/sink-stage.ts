import { Client } from 'pg';
import { type DrainServers, drain } from '../drain-stage.js';
import { startProcess } from '../support/child-process.js';
import type { Contender } from '../support/rounds.js';
import { SINK_TOPICS } from './sink-backlog.js';
import type { SinkJars } from './sink-jars.js';

const PARALLELISM = 2;
const OPENED = ['lang', 'io', 'util', 'util.zip', 'nio', 'net', 'time']
  .map((name) => `java.base/java.${name}`)
  .concat('java.base/jdk.internal.misc', 'java.base/jdk.internal.platform', 'java.base/sun.net')
  .concat('java.management/sun.management', 'jdk.management/com.sun.management.internal');

/** The sink takes the columns that it needs out of each message. */
const TABLE = `
  create table sink_events (event_id text primary key, user_id text, session_id text, url text, "timestamp" bigint)`;

/** Pulsar's own JDBC sink at its best settings, into a small table with one key: it checks, identifies and counts nothing. */
export const drainedBySink = (servers: DrainServers, count: number, jars: SinkJars): Contender => ({
  name: `Pulsar's JDBC sink, parallelism ${PARALLELISM}`,
  run: async () => {
    const sql = new Client({ connectionString: servers.postgres.url });
    await sql.connect();
    await sql.query(TABLE);
    try {
      return await drain(
        servers,
        { count, rows: 'select count(*) as n from sink_events', topics: SINK_TOPICS },
        (subscription) => startSink(servers, jars, subscription),
      );
    } finally {
      await sql.query('drop table sink_events');
      await sql.end();
    }
  },
});

function startSink({ pulsar, postgres }: DrainServers, { classPath, archive }: SinkJars, subscription: string) {
  const { username, password, host, pathname } = new URL(postgres.url);
  const sink = {
    tenant: 'public',
    namespace: 'default',
    name: subscription,
    archive,
    inputs: Object.values(SINK_TOPICS).map((topic) => `persistent://public/default/${topic}`),
    sourceSubscriptionName: subscription,
    sourceSubscriptionPosition: 'Earliest',
    processingGuarantees: 'ATLEAST_ONCE',
    parallelism: PARALLELISM,
    configs: {
      userName: decodeURIComponent(username),
      password: decodeURIComponent(password),
      jdbcUrl: `jdbc:postgresql://${host}${pathname}?reWriteBatchedInserts=true`,
      tableName: 'sink_events',
      useJdbcBatch: 'true',
      batchSize: '1000',
      timeoutMs: '200',
    },
  };
  return startProcess('java', [
    '-Xmx768m',
    ...OPENED.flatMap((room) => ['--add-opens', `${room}=ALL-UNNAMED`]),
    '-Dio.netty.tryReflectionSetAccessible=true',
    '-cp',
    classPath,
    'org.apache.pulsar.functions.LocalRunner',
    ...['--sinkConfig', JSON.stringify(sink)],
    ...['--brokerServiceUrl', pulsar.serviceUrl],
    ...['--webServiceUrl', pulsar.webUrl],
  ]);
}
