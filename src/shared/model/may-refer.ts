/** Whether a stored text may refer to another value, see `resolveReferences`. Most texts do not. */
export const mayRefer = (text: string): boolean => /^\\?@|\{\{/.test(text);
