import { DataSource, EntitySchema } from 'typeorm';

/** The table of the usual service: a key and two indexes. */
export interface SavedEvent {
  event_id: string;
  event_type: string;
  occurred_at: Date;
  user_id: string | null;
  session_id: string | null;
  page_url: string | null;
  x: number | null;
  y: number | null;
  amount: string | null;
  currency: string | null;
}

export const savedEvents = new EntitySchema<SavedEvent>({
  name: 'saved_events',
  columns: {
    event_id: { type: 'text', primary: true },
    event_type: { type: 'text' },
    occurred_at: { type: 'timestamptz' },
    user_id: { type: 'text', nullable: true },
    session_id: { type: 'text', nullable: true },
    page_url: { type: 'text', nullable: true },
    x: { type: 'float8', nullable: true },
    y: { type: 'float8', nullable: true },
    amount: { type: 'numeric', nullable: true },
    currency: { type: 'text', nullable: true },
  },
  indices: [{ columns: ['user_id', 'occurred_at'] }, { columns: ['event_type', 'occurred_at'] }],
});

export const openSavedEvents = (url: string, poolSize = 10): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url,
    entities: [savedEvents],
    synchronize: true,
    installExtensions: false,
    poolSize,
  }).initialize();

export const INSERT_ONE = {
  name: 'insert-one',
  text: `insert into saved_events (event_id, event_type, occurred_at, user_id, session_id, page_url, x, y, amount, currency)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
};

export const parametersOf = (event: SavedEvent): unknown[] => [
  event.event_id,
  event.event_type,
  event.occurred_at,
  event.user_id,
  event.session_id,
  event.page_url,
  event.x,
  event.y,
  event.amount,
  event.currency,
];
