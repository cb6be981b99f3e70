import { execFile, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import { lastingPort } from '../../src/platform/loopback-port.js';
import { ensureClassArchive } from '../../src/platform/pulsar/embedded/embedded-pulsar-archive.js';
import { javaArguments } from '../../src/platform/pulsar/embedded/embedded-pulsar-configuration.js';
import { prepareFolder } from '../../src/platform/pulsar/embedded/embedded-pulsar-folder.js';
import { ensureJars } from '../../src/platform/pulsar/embedded/embedded-pulsar-jars.js';
import { temporaryFolder } from './run-folder.js';
import { eventually } from './waiting.js';

const SUPERUSER = 'operator';

export interface SecuredPulsar {
  /** `wss://localhost:<port>`, with a certificate that only `caFile` vouches for. */
  readonly webSocketUrl: string;
  /** The same for the binary protocol: `pulsar+ssl://localhost:<port>`. */
  readonly serviceUrl: string;
  /** That one again, for who shows the certificate of these files and nobody else. */
  readonly mutualServiceUrl: string;
  readonly certificateFiles: { readonly cert: string; readonly key: string };
  readonly caFile: string;
  /** A token (HS256) of the superuser, or of another role; `expiresAt` in epoch seconds. */
  token(claims?: { role?: string; expiresAt?: number }): string;
  /** A right to all topics of `public/default`. */
  grant(role: string, action: 'consume' | 'produce'): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A standalone with token authentication and authorization, behind TLS with a certificate made for it. A proxy ends the
 * TLS: the broker's own needs a security provider (15 MB) that the slim set of jars leaves out.
 */
export async function startSecuredPulsar(): Promise<SecuredPulsar> {
  const folder = await temporaryFolder('secured-pulsar');
  const [certificate, privateKey] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await makeCertificate(certificate, privateKey);
  const secret = randomBytes(32);
  const token: SecuredPulsar['token'] = ({ role = SUPERUSER, expiresAt } = {}) =>
    sign({ sub: role, ...(expiresAt !== undefined && { exp: expiresAt }) }, secret);
  const ports = { broker: await lastingPort(), web: await lastingPort(), bookie: await lastingPort() };
  const server = { cert: await readFile(certificate), key: await readFile(privateKey) };
  const binary = await serveTls(server, ports.broker);
  const clientFiles = { cert: join(folder, 'client.pem'), key: join(folder, 'client-key.pem') };
  await makeCertificate(clientFiles.cert, clientFiles.key);
  const ca = await readFile(clientFiles.cert);
  const mutual = await serveTls({ ...server, ca, requestCert: true }, ports.broker);
  const bookie = { port: ports.bookie, folder: 'bookkeeper' };
  const settings = {
    authenticationEnabled: 'true',
    authenticationProviders: 'org.apache.pulsar.broker.authentication.AuthenticationProviderToken',
    tokenSecretKey: `data:;base64,${secret.toString('base64')}`,
    authorizationEnabled: 'true',
    superUserRoles: SUPERUSER,
    // Behind the proxy that ends TLS: what a lookup answers.
    advertisedListeners: `plain:pulsar://127.0.0.1:${ports.broker},tls:pulsar+ssl://localhost:${portOf(binary)}`,
    advertisedAddress: '',
    internalListenerName: 'plain',
    authenticationRefreshCheckSeconds: '2',
    brokerClientAuthenticationPlugin: 'org.apache.pulsar.client.impl.auth.AuthenticationToken',
    brokerClientAuthenticationParameters: `token:${token()}`,
  };
  const lib = await ensureJars(join(process.cwd(), '.data/pulsar-lib'), () => undefined);
  const classArchive = await ensureClassArchive(lib, () => undefined);
  await prepareFolder(folder, lib, ports, settings);
  const log = await open(join(folder, 'broker.log'), 'w');
  const java = spawn('java', javaArguments(folder, bookie, { heapMb: 192, jit: 'c1', classArchive }), {
    cwd: folder,
    stdio: ['ignore', log.fd, log.fd],
  });
  const ended = new Promise<void>((resolve) => java.once('exit', () => resolve()));
  await log.close();
  // The end of the run ends it too, should this process die first.
  await writeFile(join(folder, 'broker.json'), JSON.stringify({ pid: java.pid, ports }));
  const headers = { authorization: `Bearer ${token()}` };
  const answers = async (path: string) =>
    (await fetch(`http://127.0.0.1:${ports.web}/admin/v2/${path}`, { headers })).text();
  await eventually(async () => (await answers('brokers/health')) === 'ok', {
    within: 90_000,
    what: 'a healthy broker',
  });
  await eventually(async () => (await answers('namespaces/public')).includes('"public/default"'), {
    within: 30_000,
    what: 'the default namespace',
  });
  const web = await serveTls(server, ports.web);
  return {
    webSocketUrl: `wss://localhost:${portOf(web)}`,
    serviceUrl: `pulsar+ssl://localhost:${portOf(binary)}`,
    mutualServiceUrl: `pulsar+ssl://localhost:${portOf(mutual)}`,
    certificateFiles: clientFiles,
    caFile: certificate,
    token,
    grant: async (role, action) => {
      const { status } = await fetch(
        `http://127.0.0.1:${ports.web}/admin/v2/namespaces/public/default/permissions/${role}`,
        {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify([action]),
        },
      );
      if (status !== 204) throw new Error(`the right was not granted: ${status}`);
    },
    stop: async () => {
      for (const proxy of [web, binary, mutual]) proxy.close();
      java.kill('SIGKILL');
      await ended;
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function serveTls(options: TlsOptions, target: number): Promise<Server> {
  const server = createServer({ rejectUnauthorized: true, ...options }, (client) => {
    // A reset on one side ends the other, which is all the error there is to handle.
    pipeline(client, connect(target, '127.0.0.1'), client, () => undefined);
  });
  server.listen(0); // both families: `localhost` is either
  await once(server, 'listening');
  return server;
}

async function makeCertificate(certificate: string, privateKey: string): Promise<void> {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', privateKey, '-out', certificate];
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...names,
    ...files,
  ]);
}

/** RFC 7519 with HS256. */
function sign(claims: Record<string, unknown>, secret: Buffer): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
