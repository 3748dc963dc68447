import { suggestionColumn, type StudySuggestions } from './adapters/ohif/suggestionColumn.ts';

/** Adds to the study list which study to annotate next. */
export function getCustomizationModule(suggestions: StudySuggestions) {
  return [{ name: 'global', value: suggestionColumn(suggestions) }];
}
