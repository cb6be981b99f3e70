import type { Report } from '../../../../metrics/application/answers/report.answer.js';
import { addressOf, ask } from './client.js';

export type ReportName = Report['report'];
export type { Report };

export const getReport = async (report: ReportName, tz: string, signal?: AbortSignal) =>
  (await ask(addressOf(`/reports/${report}`, { tz }), { signal })).json() as Promise<Report>;

/** The same, a line per figure. */
export const reportCsv = async (report: ReportName, tz: string) =>
  (await ask(addressOf(`/reports/${report}`, { tz }), { headers: { accept: 'text/csv' } })).blob();
