export interface Sample {
  /** Events a second. */
  readonly rate: number;
  /** Processor time per event, microseconds, by part. */
  readonly cpu: Readonly<Record<string, number>>;
  /** 99th percentile of the answers' latency, milliseconds, where there are answers. */
  readonly p99Ms?: number;
  /** Fraction of the requests that were turned away, 0 to 1, where there are answers. */
  readonly refused?: number;
}

export interface Contender {
  readonly name: string;
  /** One round; the caller has made the start equal for all. */
  readonly run: (round: number) => Promise<Sample>;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

export interface Outcome {
  readonly name: string;
  readonly rate: { readonly median: number; readonly least: number; readonly most: number };
  /** Median over rounds of this contender's rate by the first's in the same round. */
  readonly ratio: number;
  readonly cpu: Readonly<Record<string, number>>;
  readonly p99Ms: number | null;
  /** The most of any round. */
  readonly refused: number | null;
}

/** Interleaved rounds, so that a busy machine is busy for all: the ratios hold although the rates do not. */
export async function compare(contenders: readonly Contender[], rounds: number): Promise<Outcome[]> {
  const samples = contenders.map(() => [] as Sample[]);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      process.stderr.write(`\rround ${round + 1} of ${rounds}: ${contender.name}                              `);
      samples[index]!.push(await contender.run(round));
    }
  }
  process.stderr.write('\r'.padEnd(80) + '\r');
  return contenders.map(({ name }, index) => {
    const own = samples[index]!;
    const rates = own.map(({ rate }) => rate);
    const parts = Object.keys(own[0]!.cpu);
    return {
      name,
      rate: { median: median(rates), least: Math.min(...rates), most: Math.max(...rates) },
      ratio: median(rates.map((rate, round) => rate / samples[0]![round]!.rate)),
      cpu: Object.fromEntries(parts.map((part) => [part, median(own.map(({ cpu }) => cpu[part]!))])),
      p99Ms: own[0]!.p99Ms === undefined ? null : median(own.map(({ p99Ms }) => p99Ms!)),
      refused: own[0]!.refused === undefined ? null : Math.max(...own.map(({ refused }) => refused!)),
    };
  });
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');

/** The table that docs/benchmarks.md shows. */
export function printTable(title: string, outcomes: readonly Outcome[]): void {
  const parts = Object.keys(outcomes[0]!.cpu);
  const timed = outcomes[0]!.p99Ms !== null;
  const columns = [
    '',
    'events/s, median [spread]',
    'ratio',
    ...parts.map((part) => `${part} µs/event`),
    'CPU ratio',
    ...(timed ? ['p99 ms', 'refused at most %'] : []),
  ];
  const total = (outcome: Outcome) => Object.values(outcome.cpu).reduce((sum, us) => sum + us, 0);
  const lines = [
    `\n${title}\n`,
    `| ${columns.join(' | ')} |`,
    `| ${columns.map(() => '---').join(' | ')} |`,
    ...outcomes.map((outcome) => {
      const { name, rate, ratio, cpu, p99Ms, refused } = outcome;
      const cells = [
        name,
        `${whole(rate.median)} [${whole(rate.least)}–${whole(rate.most)}]`,
        ratio.toPrecision(3),
        ...parts.map((part) => cpu[part]!.toFixed(1)),
        (total(outcome) / total(outcomes[0]!)).toFixed(2),
        ...(p99Ms === null ? [] : [String(p99Ms)]),
        ...(refused === null ? [] : [(refused * 100).toFixed(1)]),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
