import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FactsAnswer } from '../../../src/regions/application/answers/facts.answer.js';
import { FACT_COLUMNS } from '../../../src/regions/domain/fact-row.js';
import type { Region } from './region.js';

const EVENT_ID = FACT_COLUMNS.indexOf('event_id');

/** Stands before a region, and leaves one event out of the facts that it shows, as a merge with a bug would skip a row. */
export class ForgetfulRegion {
  /** Facts that it left out. */
  forgotten = 0;
  private readonly server: Server;

  private constructor(region: Region, eventId: string) {
    this.server = createServer((request, response) => {
      const answered = async () => {
        const headers = { 'x-api-token': String(request.headers['x-api-token']) };
        const answer = await fetch(region.service.url + request.url, { headers });
        const page = (await answer.json()) as FactsAnswer | { readonly facts?: undefined };
        const facts = page.facts?.filter((row) => row[EVENT_ID] !== eventId);
        this.forgotten += (page.facts?.length ?? 0) - (facts?.length ?? 0);
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ ...page, facts }));
      };
      answered().catch(() => response.destroy());
    });
  }

  static async before(region: Region, eventId: string): Promise<ForgetfulRegion> {
    const forgetful = new ForgetfulRegion(region, eventId);
    forgetful.server.listen(0, '127.0.0.1');
    await once(forgetful.server, 'listening');
    return forgetful;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
