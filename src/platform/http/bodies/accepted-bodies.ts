import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import type { AccessControl } from '../access/access-control.port.js';
import { callerOf } from '../access/caller.js';
import { whenAnswered } from '../answers/when-answered.js';
import { propertiesOf } from '../route-properties.js';
import { BodiesInFlight, type BodyHold } from './bodies-in-flight.js';
import { hasMoreNames, hasMoreParts, nestsDeeper } from './json-parts.js';
import { readBody } from './read-body.js';

/** A body above this is answered with 413. */
export const BODY_LIMIT_BYTES = 5_000_000;
/** The limit of a body without a key where nothing but clicks is taken. A beacon is of that size, too. */
const STRANGERS_LIMIT_BYTES = 64_000;

/**
 * A body that is parsed here is the few fields of a request; routes that take events and letters read theirs themselves. What checks
 * the fields looks at each value, and goes down into each: 5 MB of numbers took 12 s, and 5,000 levels were a failure of ours.
 */
const FIELDS_LIMIT_BYTES = 256_000;
const MOST_VALUES = 10_000;
const MOST_LEVELS = 32;

/** Arrays and objects of a body, each of which is a hundred bytes of memory once it is read: 5 MB of `{},` would be 600 MB. */
const MOST_PARTS = 300_000;
/** The members of a batch have some dozens. In a smaller body no number of names takes long. */
const MOST_NAMES = 20_000;
const NAMES_COUNT_FROM_BYTES = 500_000;

type Done = (error: Error | null, body?: unknown) => void;

/** Which bodies are read, how much of them, and what becomes of their bytes. */
export class AcceptedBodies {
  private readonly inFlight = new BodiesInFlight();
  private readonly holds = new WeakMap<FastifyRequest, BodyHold>();

  constructor(private readonly control: AccessControl) {}

  /** Takes the place of all parsers; Nest must bring none of its own. */
  register(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      if (hasBody(request.raw)) {
        const hold = this.inFlight.hold(this.withKey(request));
        this.holds.set(request, hold);
        whenAnswered(reply.raw, () => hold.release());
      }
      done();
    });
    server.removeAllContentTypeParsers();
    // A key named __proto__ is a verdict about one item, not a reason to refuse a whole batch; nothing here merges bodies deeply.
    const parse = server.getDefaultJsonParser('ignore', 'ignore');
    const parseJson = (request: FastifyRequest, body: Buffer, done: Done) => {
      if (hasMoreParts(body, { commas: true, most: MOST_VALUES }))
        return done(tooLarge(`The body of this request has at most ${MOST_VALUES} values.`));
      if (nestsDeeper(body, MOST_LEVELS))
        return done(
          new Problem(400, 'bad_request', `The body of this request nests at most ${MOST_LEVELS} levels deep.`),
        );
      void parse(request, body as unknown as string, done);
    };
    server.addContentTypeParser('application/json', (request, payload, done) =>
      this.read(request, payload, parseJson, done),
    );
    server.addContentTypeParser('text/plain', (request, payload, done) => {
      if (propertiesOf(request).plainText || !hasBody(payload)) return this.read(request, payload, parseJson, done);
      const detail = 'Send the body as JSON with Content-Type: application/json.';
      done(new Problem(415, 'unsupported_media_type', detail));
    });
  }

  private read(
    request: FastifyRequest,
    payload: IncomingMessage,
    parse: (request: FastifyRequest, body: Buffer, done: Done) => void,
    done: Done,
  ): void {
    const { bodyAsSent, clicksOnly } = propertiesOf(request);
    const limit = Math.min(
      bodyAsSent ? BODY_LIMIT_BYTES : FIELDS_LIMIT_BYTES,
      clicksOnly && !this.withKey(request) ? STRANGERS_LIMIT_BYTES : BODY_LIMIT_BYTES,
    );
    const hold = this.holds.get(request) ?? this.inFlight.hold(false);
    readBody(payload, request.headers, { limit, hold }, (error, body) => {
      if (error || body === undefined) done(error);
      else if (hasMoreParts(body, { commas: false, most: MOST_PARTS }))
        done(tooLarge(`A body has at most ${MOST_PARTS} arrays and objects: send less at once.`));
      else if (body.length > NAMES_COUNT_FROM_BYTES && hasMoreNames(body, MOST_NAMES))
        done(tooLarge(`The members of a large body have at most ${MOST_NAMES} different names: send less at once.`));
      else if (bodyAsSent) done(null, body);
      else parse(request, body, done);
    });
  }

  /** Whether a request came with a key, or none is needed by anybody. */
  private withKey(request: FastifyRequest): boolean {
    return callerOf(request) !== null || !this.control.keysExist;
  }
}

const tooLarge = (detail: string) => new Problem(413, 'body_too_large', detail);

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
