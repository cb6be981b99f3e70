import { Problem } from '../../platform/http/problems/problem.js';
import type { RejectionReason } from '../domain/rejection.js';
import type { RejectedVerdict } from '../domain/verdict.js';

const STATUS: Partial<Record<RejectionReason, number>> = { too_large: 413, id_conflict: 409 };

/** Over HTTP the sender gets the reason; only Pulsar makes dead letters. */
export const rejection = ({ reason, detail, field }: RejectedVerdict): Problem =>
  new Problem(STATUS[reason] ?? 400, reason, detail, field === null ? {} : { errors: [{ field, message: detail }] });
