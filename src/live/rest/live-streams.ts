import { setImmediate as others } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Gauge } from 'prom-client';
import { Config } from '../../platform/config/config.js';
import { whenAnswered } from '../../platform/http/answers/when-answered.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { Health } from '../../platform/observability/health.js';
import { Telemetry } from '../../platform/observability/telemetry.js';
import { LiveFeed } from '../application/live-feed.js';
import type { RecentBins, Step } from '../domain/recent-bins.js';
import { LIVE_VARIABLES } from '../live.variables.js';
import { LiveClient } from './live-client.js';
import { catchUpFrames, HEARTBEAT, lastSeenOf, resumeFrames, retryAfter, stepFrames } from './live-frames.js';

/** A write takes about 15 µs. After so many writes others have their turn, because 10,000 writes would hold up every request. */
const AT_ONCE = 50;

const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;
const RETRY_AFTER_SHUTDOWN_MS = 5_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

/** All clients that watch over this process. The counts are read only while there are some. */
@Injectable()
export class LiveStreams implements OnModuleInit, OnModuleDestroy {
  private readonly clients = new Set<LiveClient>();
  private readonly ofAddress = new Map<string, number>();
  private heartbeat: NodeJS.Timeout | null = null;
  private ended = false;

  constructor(
    private readonly feed: LiveFeed,
    private readonly config: Config,
    private readonly health: Health,
    telemetry: Telemetry,
  ) {
    const { clients } = this;
    new Gauge({
      name: 'monitoreo_live_streams',
      help: 'Connections to /live/stream',
      registers: [telemetry.registry],
      collect() {
        this.set(clients.size);
      },
    });
  }

  onModuleInit(): void {
    this.health.draining.addEventListener('abort', () => this.end());
  }

  onModuleDestroy(): void {
    this.end();
  }

  /** @throws Problem 429 when too many of this address watch, 503 at a shutdown */
  open(request: FastifyRequest, reply: FastifyReply): void {
    const { ip } = request;
    const open = this.ofAddress.get(ip) ?? 0;
    const headers = { 'retry-after': '5' };
    if (this.ended) throw new Problem(503, 'unavailable', 'The service is shutting down: come again.', { headers });
    if (open >= this.config.of(LIVE_VARIABLES).SSE_MAX_PER_ADDRESS) {
      throw new Problem(429, 'too_many_streams', 'Too many live streams of one address (SSE_MAX_PER_ADDRESS).', {
        headers,
      });
    }
    if (request.method === 'HEAD') {
      void reply.headers(HEADERS).send();
      return;
    }
    this.ofAddress.set(ip, open + 1);
    reply.hijack();
    const { raw } = reply;
    // The stream ends with the connection. In chunks each frame would be three writes.
    raw.useChunkedEncodingByDefault = false;
    raw.writeHead(200, { ...reply.getHeaders(), ...HEADERS } as Record<string, string>);
    raw.write(retryAfter(RETRY_MS));
    const client = new LiveClient(raw, lastSeenOf(request.headers['last-event-id']));
    this.clients.add(client);
    whenAnswered(reply.raw, () => this.leave(client, ip));
    if (this.clients.size === 1) this.begin();
  }

  private begin(): void {
    this.feed.start((recent, step) => this.tick(recent, step));
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  private leave(client: LiveClient, ip: string): void {
    this.clients.delete(client);
    const open = (this.ofAddress.get(ip) ?? 1) - 1;
    if (open === 0) this.ofAddress.delete(ip);
    else this.ofAddress.set(ip, open);
    if (this.clients.size === 0) this.pause();
  }

  private pause(): void {
    this.feed.stop();
    if (this.heartbeat !== null) clearInterval(this.heartbeat);
    this.heartbeat = null;
  }

  /** Each frame is written once, whoever gets it. */
  private async tick(recent: RecentBins, step: Step | null): Promise<void> {
    const { now } = recent;
    if (now === null || step === null) return;
    const frames = stepFrames(step, now);
    const states = new Map<number | null, Buffer>();
    const state = (lastSeen: number | null): Buffer => {
      const known = states.get(lastSeen) ?? catchUpFrames(recent, now, lastSeen);
      states.set(lastSeen, known);
      return known;
    };
    let told = 0;
    for (const client of [...this.clients]) {
      if (!this.clients.has(client)) continue; // the client has left meanwhile
      client.tick(now, frames, state, (told) => resumeFrames(recent, now, told));
      if (++told % AT_ONCE === 0) await others();
    }
  }

  private beat(): void {
    for (const client of this.clients) client.beat(HEARTBEAT);
  }

  private end(): void {
    this.ended = true;
    this.pause();
    for (const client of this.clients) client.end(retryAfter(RETRY_AFTER_SHUTDOWN_MS));
  }
}
