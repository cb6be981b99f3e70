import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AuditReport, Scope } from './audit.js';
import type { AuditorAnswer } from './auditor.js';
import type { Outgoing } from './event-stream.js';
import { encodeRecord, type Told } from './ledger.js';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Speaks to an auditor process. */
export class Auditor {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: AuditorAnswer) => {
      const waiting = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.value);
    });
    child.on('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`the auditor ended: ${code ?? signal}`));
    });
  }

  static start(ledgerPath: string, databaseUrl: string): Auditor {
    const script = join(import.meta.dirname, 'auditor.js');
    return new Auditor(
      fork(script, [ledgerPath, databaseUrl], {
        serialization: 'advanced',
        execArgv: ['--enable-source-maps', '--max-old-space-size=6144'],
      }),
    );
  }

  /** Resolves when the ledger is on disk. */
  tell(told: readonly (readonly [Told, Outgoing])[]): Promise<unknown> {
    if (told.length === 0) return Promise.resolve();
    return this.ask({ op: 'tell', records: Buffer.concat(told.map(([kind, sent]) => encodeRecord(kind, sent))) });
  }

  audit(scope: Scope): Promise<AuditReport> {
    return this.ask({ op: 'audit', scope }) as Promise<AuditReport>;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }

  private ask(request: object): Promise<unknown> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, ...request });
    });
  }
}
