import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process of the bench that answers questions; it ends with this one. */
export class AskedChild {
  private constructor(private readonly child: ChildProcess) {}

  /** @param script compiled, beside the benches. */
  static start(script: string, argument: unknown): AskedChild {
    const path = join(process.cwd(), '.data/bench/test/bench', script);
    return new AskedChild(fork(path, [JSON.stringify(argument)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves with what it says next. */
  async heard<T>(): Promise<T> {
    const heard = new AbortController();
    const ended = once(this.child, 'exit', heard).then(() => {
      throw new Error('a process of the bench ended');
    });
    const [message] = (await Promise.race([once(this.child, 'message'), ended])) as [T];
    // Nobody listens any longer; without this each question left a listener.
    ended.catch(() => undefined);
    heard.abort();
    return message;
  }

  async ask<T>(question = '?'): Promise<T> {
    const answer = this.heard<T>();
    this.child.send(question);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
