import type { DemoRegion } from './demo-region.js';

export interface HealthAnswer {
  readonly components: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>;
}

export interface MetricsAnswer {
  readonly total_clicks: number;
  readonly total_conversions: number;
  readonly total_sales: number;
  readonly regions: readonly { readonly name: string; readonly status: string }[];
}

export interface RegionsAnswer {
  /** Newest first. */
  readonly merges: readonly { readonly held_back_by: string | null }[];
  readonly conflicts: {
    readonly total: number;
    readonly newest: readonly {
      readonly event_id: string;
      readonly contents: readonly { readonly content: { readonly amount?: string; readonly currency?: string } }[];
    }[];
  };
}

/** Type and id of every event that a region holds, one for each row. */
export async function held(region: DemoRegion): Promise<string[]> {
  const rows = await region.query<{ id: string }>(`select event_type || ' ' || event_id as id from events`);
  return rows.map(({ id }) => id);
}

/** Compares what two regions hold with what was confirmed. */
export interface Compared {
  readonly same: boolean;
  /** Confirmed ones that a region has not. */
  readonly missing: number;
  /** Rows of an event that its region has already. */
  readonly twice: number;
}

export function compared(inA: readonly string[], inB: readonly string[], confirmed: ReadonlySet<string>): Compared {
  const [a, b] = [new Set(inA), new Set(inB)];
  return {
    same: a.size === b.size && [...a].every((id) => b.has(id)),
    missing: [...confirmed].filter((id) => !a.has(id) || !b.has(id)).length,
    twice: inA.length - a.size + inB.length - b.size,
  };
}
