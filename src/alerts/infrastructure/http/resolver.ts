import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Resolves names to addresses, as this machine knows them. */
@Injectable()
export class Resolver {
  resolve(host: string): Promise<readonly Address[]> {
    return lookup(host, { all: true });
  }
}
