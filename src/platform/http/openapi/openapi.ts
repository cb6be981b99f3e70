import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dump } from 'js-yaml';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { writeAccess } from './api-access.js';
import { writeAnswers } from './api-answer.js';

const DESCRIPTION = `Event analytics: clicks, conversions and sales in, exact figures out.

Times are RFC 3339 in UTC with milliseconds; \`from\` and \`to\` also take epoch milliseconds, and a range is \`(from, to]\`.
Money is a decimal string. Unknown query parameters are ignored. Errors are \`application/problem+json\` (RFC 9457) with a
stable \`code\` and the \`request_id\` that the log knows too.`;

/** Addresses that `serveApiDocument` answers. */
export const isDocumentAddress = (url: string): boolean => /^\/docs(-json|-yaml|\/.*)?$/.test(url);

/**
 * Swagger UI at /docs, the document at /docs-json and /docs-yaml. Each is written once: Swagger's module writes its documents anew for
 * each request, 30 ms of YAML, and anybody may send some hundred requests at once.
 */
export function serveApiDocument(app: NestFastifyApplication, version: string): void {
  const base = new DocumentBuilder()
    .setTitle('monitoreo')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Token' }, 'token')
    .addCookieAuth('monitoreo_session', undefined, 'session')
    .addTag('metrics', 'Counts and rates of a time window')
    .addTag('events', 'The recorded events')
    .addTag('analysts', 'One person, and what many of them do one after the other')
    .addTag('heat map', 'Where pages are clicked, and how far they are read')
    .addTag('live', 'Votes, and what happens now')
    .addTag('dead letters', 'What could not be recorded: look at it, mend it, replay it')
    .addTag('pages', 'Where the pages are')
    .addTag('orchestrator', 'What four other services know, in one answer')
    .addTag('alerts', 'Rules on figures, and who is told when they are crossed')
    .addTag('people', 'What is held on a person, and its erasure')
    .addTag('regions', 'Other regions, and what they recorded')
    .addTag('access', 'Keys, sessions of pages, the audit log')
    .addTag('health', 'Is the service well?')
    .build();
  let document: OpenAPIObject | null = null;
  const create = () => (document ??= writeAccess(writeAnswers(SwaggerModule.createDocument(app, base))));
  SwaggerModule.setup('docs', app, create, { raw: false, customSiteTitle: 'monitoreo API' });
  serveText(app, '/docs-json', 'application/json', () => JSON.stringify(create()));
  serveText(app, '/docs-yaml', 'text/yaml', () => dump(create(), { skipInvalid: true, noRefs: true }));
}

function serveText(app: NestFastifyApplication, address: string, type: string, write: () => string): void {
  let written: Buffer | null = null;
  app.getHttpAdapter().get(address, (_: FastifyRequest, reply: FastifyReply) => {
    written ??= Buffer.from(write());
    void reply.type(`${type}; charset=utf-8`).send(written);
  });
}
