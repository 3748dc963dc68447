import type { DicomJsonDataset } from '../../domain/dicomJson.ts';

/** `" doe jane mary "`: the words of a person name, small and without accents, each between spaces. */
export function nameWords(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
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
