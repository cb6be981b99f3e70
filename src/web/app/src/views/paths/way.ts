import { joined, parted } from '../../parts/comma-list.js';
import { parameter } from '../../shell/address.js';

/** Another page, or another direction, has other ways. */
export const NO_WAY = { way: null } as const;

/** Pages that were chosen beyond the page in the middle. */
export const readWay = (): readonly string[] => parted(parameter('way') ?? '');

export const writeWay = (pages: readonly string[]): string => joined(pages);
