import { SERVER_ERROR } from '../codec/protocol.js';
import { ConnectionError } from '../../reconnect-delays.js';

/** Refusals that only a human can end, each with what to do about it. */
const FIXES: Readonly<Record<number, string>> = {
  [SERVER_ERROR.AuthenticationError]: 'set PULSAR_TOKEN, or what its file or issuer gives, to a valid token',
  [SERVER_ERROR.AuthorizationError]: 'the role of PULSAR_TOKEN lacks the right to use this topic',
  [SERVER_ERROR.UnsupportedVersionError]:
    'the broker is too old for this protocol: PULSAR_CLIENT=websocket may reach it',
  [SERVER_ERROR.TopicNotFound]: 'the topic, its tenant or its namespace does not exist',
  [SERVER_ERROR.InvalidTopicName]: 'the broker does not take the name of the topic',
  [SERVER_ERROR.IncompatibleSchema]: 'the topic demands a schema',
  [SERVER_ERROR.NotAllowedError]: 'the broker does not allow it',
};

/** @param code of `ServerError` */
export function serverError(code: number | undefined, message: string | undefined): ConnectionError {
  const fix = FIXES[code ?? 0];
  // A broker may answer with a whole stack trace.
  const answer = (message ?? '').split('\n', 1)[0]!.slice(0, 200) || `error ${code}`;
  const hurried = code === SERVER_ERROR.TooManyRequests ? ': it has too much to do' : '';
  return new ConnectionError(`the broker answered: ${answer}${fix ? `: ${fix}` : hurried}`, fix !== undefined);
}

/** Describes the error of a socket. */
export function describeSocketError(error: Error, host: string): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ECONNREFUSED') return `nothing listens on ${host} (${code})`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name in ${host} does not resolve (${code})`;
  return `${host}: ${error.message || code || error.name}`;
}
