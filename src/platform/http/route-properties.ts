import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { RouteAccess } from './access/asked-key.js';

/** The properties that a route declares. They are looked at before the body of a request is read. */
export interface RouteProperties {
  /** Says who may call it. There is no default: a route that does not say it makes the start fail. */
  readonly access?: RouteAccess;
  /** Its `request.body` is the bytes that were sent. */
  readonly bodyAsSent?: boolean;
  /** It takes `text/plain` as well, so that a page's beacon needs no preflight. Unset: 415. */
  readonly plainText?: boolean;
  /** Its key may stand beside `events` in its body: a page's beacon sends no header. */
  readonly keyInBody?: boolean;
  /** It takes nothing but clicks: without a key a body may have 64 kB. */
  readonly clicksOnly?: boolean;
  /** Its `Authorization` is meant for somebody behind us: it is never taken for a key of ours. */
  readonly passesAuthorization?: boolean;
  /** Its errors are `{"status":"error","message"}`, as its older clients read them. Unset: problem details. */
  readonly olderErrors?: boolean;
  /** The thing it needs room for, as a slice named it to `LoadShedding`: without room, requests are turned away before their body is read. */
  readonly roomFor?: string;
  /** It takes what pages of TRACKER_ORIGINS send: `always`, or once a key exists. Unset: a page of another origin changes nothing. */
  readonly foreignOrigins?: 'always' | 'with-keys';
}

type Method = (...args: unknown[]) => unknown;
const declared = new WeakMap<Method, RouteProperties>();

/** Says something of a route, or of all routes of a controller. Several of these add up; what a route says itself wins. */
export const RouteIs =
  (properties: RouteProperties): MethodDecorator & ClassDecorator =>
  (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (descriptor && key !== undefined) return declare(target, key, descriptor, properties);
    const { prototype } = target as { prototype: object };
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== 'constructor' && typeof method.value === 'function')
        declare(prototype, name, method, { ...properties, ...declared.get(method.value as Method) });
    }
  };

/** `RouteConfig` alone would forget what an earlier decorator said. */
function declare(owner: object, key: string | symbol, descriptor: PropertyDescriptor, properties: RouteProperties) {
  const method = descriptor.value as Method;
  const all = { ...declared.get(method), ...properties };
  declared.set(method, all);
  RouteConfig(all)(owner, key, descriptor);
}

export const propertiesOf = ({ routeOptions }: FastifyRequest): RouteProperties =>
  routeOptions.config as RouteProperties;
