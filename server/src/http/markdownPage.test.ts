import { expect, test } from '@jest/globals';
import { markdownPage } from './markdownPage.ts';

test('headings, lists, tables and paragraphs become HTML, and what the text holds of HTML stays text', () => {
  const page = markdownPage(
    'Liver <b>',
    '# Liver\n\nOf `2` cases\n\n- one\n  more\n- <script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| <i> | 3 |\n',
  );
  expect(page).toContain('<h1 id="Liver">Liver</h1>');
  expect(page).toContain('<p>Of <code>2</code> cases</p>');
  expect(page).toContain('<ul><li>one\n  more</li><li>&lt;script&gt;</li></ul>');
  expect(page).toContain(
    '<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr><tr><td>&lt;i&gt;</td><td>3</td></tr></table>',
  );
  expect(page).not.toMatch(/<(script|b|i)>/);
});
