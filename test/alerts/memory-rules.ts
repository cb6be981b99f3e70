import { RuleOfFile } from '../../src/alerts/application/rules/rule-errors.js';
import { type NewRule, RuleStore, type StoredRule } from '../../src/alerts/application/rules/rule-store.port.js';
import type { AlertRule } from '../../src/alerts/domain/alert-rule.js';

/** Rules in a map, oldest first, with their signing secrets. */
export class MemoryRules extends RuleStore {
  readonly secrets = new Map<string, string>();
  private readonly rules = new Map<string, StoredRule>();

  list(): Promise<readonly StoredRule[]> {
    return Promise.resolve([...this.rules.values()]);
  }

  find(id: string): Promise<StoredRule | null> {
    return Promise.resolve(this.rules.get(id) ?? null);
  }

  secretOf(id: string): Promise<string | null> {
    return Promise.resolve(this.secrets.get(id) ?? null);
  }

  add(rule: NewRule, at: number, most: number): Promise<StoredRule | null> {
    return Promise.resolve(this.rules.size >= most ? null : this.put(rule, 'api', at));
  }

  change(id: string, rule: AlertRule, at: number): Promise<StoredRule | null> {
    const stored = this.ofApi(id);
    if (stored instanceof RuleOfFile) return Promise.reject(stored);
    const changed = stored && { ...stored, rule, updatedAt: at };
    if (changed) this.rules.set(id, changed);
    return Promise.resolve(changed);
  }

  remove(id: string): Promise<boolean> {
    const stored = this.ofApi(id);
    return stored instanceof RuleOfFile ? Promise.reject(stored) : Promise.resolve(this.rules.delete(id));
  }

  renewSecret(id: string, secret: string): Promise<boolean> {
    const exists = this.rules.has(id);
    if (exists) this.secrets.set(id, secret);
    return Promise.resolve(exists);
  }

  replaceFile(rules: readonly NewRule[], at: number): Promise<void> {
    for (const { id, source } of this.rules.values()) if (source === 'file') this.rules.delete(id);
    for (const rule of rules) this.put(rule, 'file', at);
    return Promise.resolve();
  }

  private put({ id, rule, secret }: NewRule, source: StoredRule['source'], at: number): StoredRule {
    const stored = { id, source, rule, createdAt: at, updatedAt: at, last: null };
    this.rules.set(id, stored);
    this.secrets.set(id, secret);
    return stored;
  }

  private ofApi(id: string): StoredRule | RuleOfFile | null {
    const stored = this.rules.get(id) ?? null;
    return stored?.source === 'file' ? new RuleOfFile(id) : stored;
  }
}
