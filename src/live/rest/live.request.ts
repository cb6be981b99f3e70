import { TimeParameter } from '../../platform/http/query-parameters.js';

export class GetLiveDataRequest {
  @TimeParameter({
    description: 'Totals of later votes only: RFC 3339 with offset, or epoch milliseconds. Without it of all time.',
    example: '2025-11-22T00:00:00.000Z',
  })
  since?: string;
}

/** The body of `POST /live/click` in the API document. */
export const VOTE_SCHEMA = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { type: 'string', enum: ['cheers', 'hate'], example: 'cheers' },
    event_id: {
      type: 'string',
      nullable: true,
      minLength: 1,
      maxLength: 128,
      example: '019aab4c-3e80-7abc-8def-0123456789ab',
      description: 'With it a resend counts once.',
    },
    user_id: { type: 'string', nullable: true, minLength: 1, maxLength: 255, example: 'u-1' },
    session_id: { type: 'string', nullable: true, minLength: 1, maxLength: 255, example: 'sess_abc123' },
    page_url: { type: 'string', nullable: true, minLength: 1, maxLength: 2048, example: '/clicker' },
  },
};
