import { BrokenRule } from '../../../platform/broken-rule.js';

/** The window is longer than this question can be answered for. The message says which window would do. */
export class RangeTooLong extends BrokenRule {
  override readonly name = 'RangeTooLong';
  constructor(field: string, message: string) {
    super(400, 'range_too_long', `${field} ${message}`, [{ field, message }]);
  }
}
