import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { FreshnessOfTopics, ofWindow } from '../../metrics/application/freshness.js';
import { type Period, requestedWindow, type RequestedWindow } from '../../metrics/application/requested-window.js';
import { percentage } from '../../metrics/domain/percentage.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Paths, PathsNode } from './answers/paths.answer.js';
import { type CountedPath, type Direction, PathsReader } from './paths-reader.port.js';

const MOST = { steps: 5, branches: 5 } as const;

/** Answers where sessions go from a page, or from where they come to it. */
export class GetPathsQuery extends Query<Paths> {
  constructor(
    readonly pageUrl: string,
    readonly direction: Direction,
    readonly period: Period,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

const DEFINITIONS = {
  pages: 'of the views of a session in the window, or of its clicks where it has no view; repeats collapsed',
  from: 'on from the first visit to the page',
  to: 'back from the last visit to the page',
} as const;

@QueryHandler(GetPathsQuery)
export class GetPathsHandler implements IQueryHandler<GetPathsQuery> {
  constructor(
    private readonly reader: PathsReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {RangeTooLong} */
  async execute({ pageUrl, direction, period, signal }: GetPathsQuery): Promise<Paths> {
    const asked = requestedWindow({ period, from: null, to: null }, this.cache.now());
    const key = ['paths', pageUrl, direction, period];
    return this.cache.get(key, (shared) => this.paths(pageUrl, direction, asked, shared), {
      costly: true,
      bulky: true,
      signal,
    });
  }

  private async paths(
    pageUrl: string,
    direction: Direction,
    { range, period }: RequestedWindow,
    signal?: AbortSignal,
  ): Promise<Paths> {
    const asOf = this.clock.now();
    const [{ paths, excluded, window, exact }, freshness] = await Promise.all([
      this.reader.count(pageUrl, direction, range, MOST, signal),
      this.freshness.at(asOf),
    ]);
    return {
      period,
      window: window.toWindow(),
      exact,
      computed_from: 'facts',
      definitions: DEFINITIONS,
      page_url: pageUrl,
      direction,
      sessions: paths[0]?.sessions ?? 0,
      excluded,
      nodes: nodesOf(paths),
      ...ofWindow(freshness, exact),
    };
  }
}

/** It takes as long as there are paths, whatever the length of their addresses. */
function nodesOf(paths: readonly CountedPath[]): PathsNode[] {
  const steps: number[] = [];
  const shown = paths.map(() => ({ branches: 0, sessions: 0 }));
  for (const { parent, sessions } of paths) {
    steps.push(parent === null ? 0 : steps[parent]! + 1);
    if (parent === null) continue;
    shown[parent]!.branches += 1;
    shown[parent]!.sessions += sessions;
  }
  return paths.map(({ parent, page, sessions, ended, branches }, id) => {
    const step = steps[id]!;
    const isLast = step === MOST.steps;
    return {
      id,
      parent,
      step,
      page_url: page,
      sessions,
      share: percentage(sessions, parent === null ? sessions : paths[parent]!.sessions),
      ended: isLast ? 0 : ended,
      rest: {
        pages: isLast ? 0 : branches - shown[id]!.branches,
        sessions: isLast ? 0 : sessions - ended - shown[id]!.sessions,
      },
    };
  });
}
