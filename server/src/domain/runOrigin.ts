/** What segments without prompts: a promoted task, or an exemplar set. */
export type RunOrigin =
  | { readonly kind: 'task'; readonly taskId: string }
  | { readonly kind: 'exemplar-set'; readonly exemplarSetId: string };
