import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The certificate and the key that a client shows in a TLS handshake, both in PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** The PEM text of a file of certificates. @throws Error that names the variable */
export function readCertificates(path: string, variable = 'PULSAR_TLS_CA_FILE'): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${variable}: ${path} cannot be read`, { cause: error });
  }
}

/** Read anew for each connection: such certificates are replaced every few weeks. @throws Error that names the variable */
export const readClientCertificate = (certFile: string, keyFile: string): ClientCertificate => ({
  cert: readCertificates(certFile, 'PULSAR_TLS_CERT_FILE'),
  key: readCertificates(keyFile, 'PULSAR_TLS_KEY_FILE'),
});

/** Checks a value of configuration: the path of a PEM file that can be read and begins with a certificate. @throws Error with what it should be */
export function checkCertificateFile(path: string): string {
  try {
    new X509Certificate(readable(path));
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Error('a PEM file with a certificate', { cause: error });
  }
  return path;
}

/** The same of a private key. */
export function checkKeyFile(path: string): string {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----$/m.test(readable(path))) return path;
  throw new Error('a PEM file with a private key');
}

class Unreadable extends Error {}

function readable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Unreadable(`a file that can be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}
