import type { Settings } from '../../config/variables.js';

type Given = Pick<
  Settings,
  | 'PULSAR_SERVICE_URL'
  | 'PULSAR_CLIENT'
  | 'PULSAR_TOKEN'
  | 'PULSAR_TLS_CERT_FILE'
  | 'PULSAR_TLS_KEY_FILE'
  | 'PULSAR_OAUTH2_ISSUER_URL'
  | 'PULSAR_OAUTH2_CLIENT_ID'
  | 'PULSAR_OAUTH2_CLIENT_SECRET'
>;

/** The combinations that no client can serve, or not the one for this address, each with what can be done. Values that were refused are absent. */
export function impossibleCombinations(given: Partial<Given>): string[] {
  const { PULSAR_SERVICE_URL: url, PULSAR_CLIENT: client } = given;
  const overWebSocket = client === 'websocket' || /^wss?:/i.test(url ?? '');
  return [
    ...(/^wss?:/i.test(url ?? '') && (client === 'direct' || client === 'native')
      ? [
          `PULSAR_CLIENT=${client} speaks to pulsar:// and pulsar+ssl:// alone; for a ws:// address leave it out, or write websocket`,
        ]
      : []),
    ...clientCertificate(given),
    ...oauth2(given, overWebSocket),
  ];
}

function clientCertificate({
  PULSAR_TLS_CERT_FILE: cert,
  PULSAR_TLS_KEY_FILE: key,
  PULSAR_SERVICE_URL: url,
}: Partial<Given>): string[] {
  if (!cert && !key) return [];
  if (!cert || !key) return ['PULSAR_TLS_CERT_FILE and PULSAR_TLS_KEY_FILE must be set together, or neither'];
  if (!url || /^(pulsar\+ssl|wss):/i.test(url)) return [];
  return ['PULSAR_TLS_CERT_FILE must be unset, or PULSAR_SERVICE_URL an address with TLS: pulsar+ssl:// or wss://'];
}

function oauth2(given: Partial<Given>, overWebSocket: boolean): string[] {
  const { PULSAR_OAUTH2_ISSUER_URL: issuer, PULSAR_OAUTH2_CLIENT_ID: id, PULSAR_OAUTH2_CLIENT_SECRET: secret } = given;
  if (!issuer && !id && !secret) return [];
  const problems: string[] = [];
  if (!issuer || !id || !secret)
    problems.push(
      'PULSAR_OAUTH2_ISSUER_URL, PULSAR_OAUTH2_CLIENT_ID and PULSAR_OAUTH2_CLIENT_SECRET must be set together, or none of them',
    );
  if (given.PULSAR_TOKEN)
    problems.push('PULSAR_TOKEN must be unset with PULSAR_OAUTH2_ISSUER_URL, which brings tokens');
  if (overWebSocket || given.PULSAR_CLIENT === 'native')
    problems.push(
      'PULSAR_CLIENT must be direct, or unset, with PULSAR_OAUTH2_ISSUER_URL: no other asks an issuer for tokens, and it speaks to pulsar:// and pulsar+ssl:// alone',
    );
  return problems;
}
