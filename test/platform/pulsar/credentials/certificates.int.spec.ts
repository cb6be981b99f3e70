import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  checkCertificateFile,
  checkKeyFile,
  readCertificates,
  readClientCertificate,
} from '../../../../src/platform/pulsar/credentials/certificates.js';
import { temporaryFolder } from '../../../support/run-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder('certificates');
});

test('a PEM file with a certificate is taken', async () => {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test'];
  await promisify(execFile)('openssl', [...args, '-keyout', key, '-out', certificate]);
  expect(checkCertificateFile(certificate)).toBe(certificate);
  expect(readCertificates(certificate)).toBe(await readFile(certificate, 'utf8'));
  expect(() => checkCertificateFile(key)).toThrow('a PEM file with a certificate');
  expect(checkKeyFile(key)).toBe(key);
  expect(() => checkKeyFile(certificate)).toThrow('a PEM file with a private key');
  expect(() => readClientCertificate(certificate, join(folder, 'gone.pem'))).toThrow(
    /^PULSAR_TLS_KEY_FILE: .*gone.pem/,
  );
});

test.each([
  ['missing', 'ca.pem', /^a file that can be read \(ENOENT\)$/],
  ['a folder', '.', /^a file that can be read \(EISDIR\)$/],
  ['below a file', 'text.pem/ca.pem', /^a file that can be read \(ENOTDIR\)$/],
  ['no certificate', 'text.pem', /^a PEM file with a certificate$/],
])('one that is %s says what it should be', async (_, name, words) => {
  await writeFile(join(folder, 'text.pem'), 'text');
  expect(() => checkCertificateFile(join(folder, name))).toThrow(words);
});
