import type { Paths } from '../../../../../funnels/application/answers/paths.answer.js';
import { number, percent, range, t, wholePercent } from '../../language/language.js';
import { shortNames } from '../../parts/short-names.js';
import { withParameters } from '../../shell/address.js';
import { zone } from '../../shell/window.js';
import { type Column, columnsOf } from './tree.js';
import { NO_WAY, readWay, writeWay } from './way.js';

/** The tree, column by column: each is of the page that is chosen in the one before it. */
export function Walk({ paths }: { paths: Paths }) {
  const { nodes, page_url: root, direction, sessions, window } = paths;
  const columns = columnsOf(nodes, readWay());
  const shorten = shortNames(nodes.map(({ page_url }) => page_url));
  const way = columns.flatMap(({ chosen }) => chosen ?? []);
  const last = way.at(-1);
  const title = (step: number) => {
    const one = direction === 'from' ? 'nextPage' : 'pageBefore';
    const many = direction === 'from' ? 'nextPages' : 'pagesBefore';
    return step === 1 ? t(one) : t(many, { n: step });
  };
  return (
    <>
      <h2>{t('tree')}</h2>
      <p class="sub">
        {t(direction === 'from' ? 'treeSubFrom' : 'treeSubTo', {
          page: shorten(root),
          range: range(window.from, window.to, zone()),
        })}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('tree')}>
        <ol class="walk">
          {columns.map((column, at) => (
            <li>
              <h3>{title(at + 1)}</h3>
              <Branches
                column={column}
                all={sessions}
                direction={direction}
                shorten={shorten}
                to={(page) =>
                  withParameters({ way: writeWay([...way.slice(0, at).map(({ page_url }) => page_url), page]) })
                }
              />
            </li>
          ))}
        </ol>
      </div>
      {last !== undefined && (
        <p class="way">
          {[nodes[0]!, ...way].map((node, at) => (
            <>
              {at > 0 && <span aria-hidden="true">{direction === 'from' ? ' → ' : ' ← '}</span>}
              <a
                class="long"
                href={withParameters({ ...NO_WAY, page_url: node.page_url })}
                aria-label={t('lookFrom', { page: node.page_url })}
              >
                {shorten(node.page_url)}
              </a>
            </>
          ))}
          <span class="sub">
            {t('thisWay', {
              n: number(last.sessions),
              share: percent((last.sessions / sessions) * 100),
              page: shorten(root),
            })}
          </span>
        </p>
      )}
    </>
  );
}

interface Of {
  readonly column: Column;
  readonly all: number;
  readonly direction: Paths['direction'];
  readonly shorten: (page: string) => string;
  readonly to: (page: string) => string;
}

function Branches({ column: { of, branches, chosen }, all, direction, shorten, to }: Of) {
  const bar = (sessions: number) => (
    <span class="part" aria-hidden="true">
      <span style={{ width: `${(sessions / all) * 100}%` }} />
    </span>
  );
  const ofThose = (sessions: number) => t('ofThose', { share: wholePercent(sessions / of.sessions) });
  const others = [
    { name: t('otherPages', { n: number(of.rest.pages) }), sessions: of.rest.sessions },
    { name: t(direction === 'from' ? 'leftHere' : 'startedHere'), sessions: of.ended },
  ];
  return (
    <ul class="branches">
      {branches.map(({ page_url, sessions }) => (
        <li>
          <a href={to(page_url)} title={page_url} aria-current={page_url === chosen?.page_url ? 'true' : undefined}>
            <span class="name">{shorten(page_url)}</span>
            <b>{number(sessions)}</b>
            {bar(sessions)}
            <span class="under">{ofThose(sessions)}</span>
          </a>
        </li>
      ))}
      {others
        .filter(({ sessions }) => sessions > 0)
        .map(({ name, sessions }) => (
          <li class="no-page">
            <span class="name">{name}</span>
            <b>{number(sessions)}</b>
            {bar(sessions)}
            <span class="under">{ofThose(sessions)}</span>
          </li>
        ))}
    </ul>
  );
}
