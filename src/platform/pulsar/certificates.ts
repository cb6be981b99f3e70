import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The PEM text of a file of certificates. @throws Error that names the variable */
export function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`PULSAR_TLS_CA_FILE: ${path} cannot be read`, { cause: error });
  }
}

/** Of configuration: the path of a PEM file that can be read and begins with a certificate. @throws Error with what it should be */
export function checkCertificateFile(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`a file that can be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw new Error('a PEM file with a certificate', { cause: error });
  }
  return path;
}
