import type { DicomJsonDataset } from '../../domain/dicomJson.ts';

/** Latin letters that Unicode does not take apart into a plain one and a mark. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = Object.fromEntries(
  ['łl', 'øo', 'đd', 'ðd', 'þth', 'ıi', 'ßss', 'æae', 'œoe'].map(pair => [pair.slice(0, 1), pair.slice(1)]),
);

/** `" doe jane mary "`: the words of a person name, small and without accents, each between spaces. */
export function nameWords(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, letter => PLAIN_LETTERS[letter] ?? letter)
    .split(/[\s^=,*?]+/)
    .filter(word => word !== '');
  return ` ${words.join(' ')} `;
}

/** The words of every person name of a data set, by tag. */
export function personWords(dataset: DicomJsonDataset): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(dataset)
      .filter(([, element]) => element.vr === 'PN')
      .map(([tag, element]) => {
        const groups = (element.Value ?? []).flatMap(name =>
          name !== null && typeof name === 'object' ? Object.values(name).map(String) : [],
        );
        return [tag, nameWords(groups.join(' '))];
      }),
  );
}
