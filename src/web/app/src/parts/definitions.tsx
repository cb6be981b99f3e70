import { language, t, type Word } from '../language/language.js';

interface Of<K extends string> {
  /** The definitions of the answer. */
  readonly of: Readonly<Record<K, string>>;
  /** The name of each figure, and its meaning in the language of the page. */
  readonly words: Readonly<Record<K, readonly [name: Word, meaning: Word]>>;
}

/**
 * Shows what the figures of a view mean, as their answer defines them. The API speaks English, and the dictionary has the
 * same in other languages.
 */
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
