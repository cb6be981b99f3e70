import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../application/caller.js';
import { OwnKeys } from '../application/own-keys.port.js';
import { holdsKey, unlessOurs } from '../application/passed-on.js';

/** The W3C Trace Context, version 00 and later ones. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]{0,100})?$/;

/** Takes from a request what the services may know of it. This is never a key of ours, under whatever name it was sent. */
@Injectable()
export class Callers {
  constructor(private readonly keys: OwnKeys) {}

  of({ id, headers }: FastifyRequest): Caller {
    const traceparent = unlessOurs(firstOf(headers.traceparent), this.keys);
    return {
      authorization: unlessOurs(headers.authorization, this.keys),
      requestId: unlessOurs(id, this.keys),
      traceparent: traceparent !== null && TRACEPARENT.test(traceparent) ? traceparent : null,
    };
  }

  /** Whether the services may be told it. */
  mayTell(value: string): boolean {
    return !holdsKey(value, this.keys);
  }
}

const firstOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
