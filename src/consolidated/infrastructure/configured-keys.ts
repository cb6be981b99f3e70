import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { OwnKeys } from '../application/own-keys.port.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** API_TOKEN. */
@Injectable()
export class ConfiguredKeys extends OwnKeys {
  private readonly key: Buffer | null;

  constructor({ settings }: Config) {
    super();
    this.key = settings.API_TOKEN === null ? null : digest(settings.API_TOKEN);
  }

  has(value: string): boolean {
    return this.key !== null && timingSafeEqual(digest(value), this.key);
  }
}
