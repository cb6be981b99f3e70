import { language, t, type Word } from '../language/language.js';

interface Of<K extends string> {
  /** Of the answer. */
  readonly of: Readonly<Record<K, string>>;
  /** What each is called, and what it means in the language of the page. */
  readonly words: Readonly<Record<K, readonly [name: Word, meaning: Word]>>;
}

/** What the figures of a view are: as their answer says it. The API speaks English; the dictionary has the same in other languages. */
export function Definitions<K extends string>({ of, words }: Of<K>) {
  return (
    <details class="behind">
      <summary>{t('howCounted')}</summary>
      <dl class="definitions">
        {(Object.keys(words) as K[]).map((key) => (
          <div>
            <dt>{t(words[key][0])}</dt>
            <dd>{language === 'en' ? of[key] : t(words[key][1])}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
