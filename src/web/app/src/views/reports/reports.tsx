import { useEffect, useState } from 'preact/hooks';
import { getReport, type Report, reportCsv, type ReportName } from '../../api/reports.js';
import type { RequestFailed } from '../../api/problem.js';
import { useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { offer } from '../../parts/offer.js';
import { Answered, Empty, Partial, Skeleton } from '../../parts/states.js';
import { go, parameter, withParameters } from '../../shell/address.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { ZonePicker } from '../../shell/period.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { Sheet } from './sheet.js';
import { fileOf } from './words.js';

/** It is over: what changes it comes late. */
const EVERY_MS = 60_000;
const REPORTS = ['daily', 'weekly', 'monthly'] as const satisfies readonly ReportName[];

/** How the last day, week or month was, on one sheet. */
export function Reports() {
  const name = REPORTS.find((one) => one === parameter('report')) ?? 'weekly';
  const tz = zone();
  const question = JSON.stringify([name, tz]);
  const report = useAnswer(question, (signal) => getReport(name, tz, signal), EVERY_MS);
  const { data } = report;
  useEffect(() => {
    if (data !== null) freshness.value = data;
  }, [data]);
  return (
    <>
      <Head title={t('reports')}>
        <FreshnessBadge />
        <span class="seg" role="group" aria-label={t('period')}>
          {REPORTS.map((one) => (
            <button aria-pressed={one === name} onClick={() => go(withParameters({ report: one }))}>
              {t(`report_${one}`)}
            </button>
          ))}
        </span>
        <ZonePicker />
        {data !== null && !isEmpty(data) && <Keep report={data} />}
      </Head>
      <Answered asked={report} skeleton={<Skeleton height={640} />}>
        {(shown) => (
          <>
            {!shown.complete && <Partial reason={reasonOf(shown)} />}
            {isEmpty(shown) ? <Empty how={t('reportEmpty')} /> : <Sheet report={shown} />}
          </>
        )}
      </Answered>
    </>
  );
}

const isEmpty = (report: Report): boolean =>
  [report, report.comparison].every(
    ({ total_clicks, total_conversions, total_sales, total_votes, total_views }) =>
      total_clicks + total_conversions + total_sales + total_votes + total_views === 0,
  );

function reasonOf({ exact, missing }: Report): string {
  const reasons = new Set(missing.map(missingReason));
  return [...reasons, ...(exact || reasons.size > 0 ? [] : [t('reportNotExact')])].join(', ');
}

/** On paper, or as a file. */
function Keep({ report }: { report: Report }) {
  const [statusText, setStatusText] = useState('');
  const save = async () => {
    try {
      const file = fileOf(report);
      offer(await reportCsv(report.report, report.tz), file);
      setStatusText(t('savedFile', { file }));
    } catch (error) {
      setStatusText(t('exportFailed', { reason: (error as RequestFailed).detail || t('errorNetwork') }));
    }
  };
  return (
    <span class="row">
      <button class="btn" onClick={() => void save()}>
        {t('saveCsv')}
      </button>
      <button class="btn" onClick={() => print()}>
        {t('print')}
      </button>
      <span class="sub" role="status">
        {statusText}
      </span>
    </span>
  );
}
