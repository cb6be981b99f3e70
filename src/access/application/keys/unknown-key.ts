import { BrokenRule } from '../../../platform/broken-rule.js';

export class UnknownKey extends BrokenRule {
  override readonly name = 'UnknownKey';
  constructor(id: string) {
    super(404, 'key_not_found', `There is no key ${id}, or it is revoked: GET /keys lists them.`);
  }
}
