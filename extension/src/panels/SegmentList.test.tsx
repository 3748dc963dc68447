import { expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import { newSession, withNewSegment, withSegment } from '../domain/promptSession.ts';
import { SegmentList } from './SegmentList.tsx';

const runner = { findTerms: () => Promise.resolve([]) } as unknown as PromptSessionRunner;

test('every segment can be worked on, named, coloured and removed from the keyboard, each by its name', () => {
  const two = withNewSegment(newSession('a'), 'b');
  const session = withSegment(two, 'a', { label: 'Liver', volumeMl: 1500 });
  const markup = renderToStaticMarkup(<SegmentList session={session} runner={runner} />);
  const controls = [...markup.matchAll(/<(?:button|input)[^>]*>/g)].flatMap(([control]) => {
    const [, name] = /aria-label="([^"]*)"/.exec(control) ?? [];
    const [, isPressed] = /aria-pressed="([^"]*)"/.exec(control) ?? [];
    return name === undefined ? [] : [isPressed === undefined ? name : `${name}: ${isPressed}`];
  });
  expect(controls).toEqual([
    ...['Colour of Liver', 'Name of Liver', 'Work on Liver, 1500 ml, 0 prompts: false', 'Remove Liver'],
    ...['Colour of Segment 2', 'Name of Segment 2', 'Work on Segment 2, empty, 0 prompts: true'],
    'Remove Segment 2',
  ]);
});
