/** A row of a table of docs/adapters.md: messages of the format, and what is stored of them. */
interface Sample {
  given: object[]
  stored: object[]
  dropped?: Record<string, number>
}

const url = 'https://docs.example.com/install'
const bytes = 'iVBORw0KGgo='
const picture = `data:image/png;base64,${bytes}`
const user = (content: unknown) => ({ role: 'user', content })
const answer = (content: unknown, rest: object = {}) => ({ role: 'assistant', content, ...rest })
const cut = (stop: object) => answer('So f', stop)
const stopped = (finishReason: string) => answer('So f', { finishReason, status: 'error' })
const searchCall = { id: 'call_0', type: 'function', function: { name: 'search', arguments: '{"q":1}' } }
const searched = (rest: object = {}) => answer('', { calls: ['call_0 search {"q":1}'], ...rest })
const item = (type: string, rest: object) => ({ type, ...rest })
const called = { id: 'call_0', name: 'search', input: { q: 1 } }
const part = (message: object, ...more: object[]) => ({ id: 'm', role: 'assistant', parts: [message, ...more] })
const said = { type: 'text', text: 'So.' }
const tool = (state: string, rest: object = {}) =>
  part(item('tool-search', { toolCallId: 'call_0', state, input: { q: 1 }, ...rest }))
const thread = (content: object, rest: object = {}) => ({
  ...{ id: 'm', role: 'assistant', createdAt: new Date(0), content: [content].flat(), status: { type: 'complete' } },
  ...rest,
})

const chatCompletions: Record<string, Sample> = {
  'role `developer`': {
    given: [{ role: 'developer', content: 'Be brief.' }],
    stored: [{ role: 'system', content: 'Be brief.' }],
  },
  'content that is text': { given: [user('Hi'), answer('Hello')], stored: [user('Hi'), answer('Hello')] },
  'parts `text`, `image_url`': {
    given: [user([item('text', { text: 'This?' }), item('image_url', { image_url: { url } })])],
    stored: [user(['This?', `<${url}>`])],
  },
  'part `input_audio`': {
    given: [
      user([item('input_audio', { input_audio: { data: bytes, format: 'wav', transcript: 'Hello' } })]),
      user([item('input_audio', { input_audio: { data: bytes, format: 'wav' } })]),
    ],
    stored: [user('Hello'), { ...user(['[audio: wav]']), placeholders: 1 }],
  },
  'part `file`': {
    given: [user([item('file', { file: { filename: 'report.pdf', file_data: picture } })])],
    stored: [{ ...user(['[file: report.pdf]']), placeholders: 1 }],
  },
  '`refusal`': { given: [answer(null, { refusal: 'I can’t.' })], stored: [answer('I can’t.')] },
  '`annotations`': {
    given: [answer('So.', { annotations: [item('url_citation', { url_citation: { url, title: 'Install' } })] })],
    stored: [answer('So.', { links: [[url, 'Install']] })],
  },
  '`tool_calls`': { given: [answer(null, { tool_calls: [searchCall] })], stored: [searched()] },
  'role `tool`': {
    given: [1, 2].flatMap((turn) => [
      answer(`Turn ${turn}`, { tool_calls: [searchCall] }),
      { role: 'tool', tool_call_id: 'call_0', content: `found ${turn}` },
    ]),
    stored: [1, 2].map((turn) => ({
      ...searched(),
      content: `Turn ${turn}`,
      toolResults: { call_0: `found ${turn}` },
    })),
  },
  '`function_call` and role `function`': {
    given: [
      answer(null, { function_call: { name: 'search', arguments: '{"q":1}' } }),
      { role: 'function', name: 'search', content: 'found' },
    ],
    stored: [answer('', { calls: ['search search {"q":1}'], toolResults: { search: 'found' } })],
  },
  '`audio.transcript`': {
    given: [answer(null, { audio: { id: 'a', transcript: 'Hello' } })],
    stored: [answer('Hello')],
  },
  'a choice with `finish_reason` `length` or `content_filter`': {
    given: ['length', 'content_filter'].map((reason) => ({ index: 0, message: answer('So f'), finish_reason: reason })),
    stored: [stopped('length'), stopped('content_filter')],
  },
  'an unknown role': {
    given: [user('Hi'), { role: 'referee', content: 'Foul' }],
    stored: [user('Hi')],
    dropped: { invalid: 1 },
  },
}

const responses: Record<string, Sample> = {
  'item `message` with `input_text`, `output_text`': {
    given: [
      item('message', user([item('input_text', { text: 'Hi' })])),
      item('message', answer([item('output_text', { text: 'Hello' }), item('output_text', { text: 'again' })])),
    ],
    stored: [user('Hi'), answer('Hello\n\nagain')],
  },
  '`annotations` of a text': {
    given: [
      answer([item('output_text', { text: 'So.', annotations: [item('url_citation', { url, title: 'Install' })] })]),
    ],
    stored: [answer('So.', { links: [[url, 'Install']] })],
  },
  'part `input_image`': { given: [user([item('input_image', { image_url: url })])], stored: [user([`<${url}>`])] },
  'part `input_file`': {
    given: [user([item('input_file', { filename: 'report.pdf', file_id: 'f' })])],
    stored: [{ ...user(['[file: report.pdf]']), placeholders: 1 }],
  },
  'status `in_progress`': {
    given: [user('Hi'), answer([item('output_text', { text: 'He' })], { status: 'in_progress' })],
    stored: [user('Hi')],
  },
  'status `incomplete`': {
    given: [answer([item('output_text', { text: 'He' })], { status: 'incomplete' })],
    stored: [answer('He', { status: 'error' })],
  },
  'item `function_call`': {
    given: [item('function_call', { id: 'fc_1', call_id: 'call_0', name: 'search', arguments: '{"q":1}' })],
    stored: [searched()],
  },
  'item `function_call_output`': {
    given: [
      item('function_call', { call_id: 'call_0', name: 'search', arguments: '{"q":1}' }),
      item('function_call_output', { call_id: 'call_0', output: 'found' }),
    ],
    stored: [searched({ toolResults: { call_0: 'found' } })],
  },
  'items `web_search_call`, `file_search_call`, `code_interpreter_call`, `mcp_call`': {
    given: [
      item('web_search_call', { id: 'ws', action: { query: 'x' } }),
      item('file_search_call', { id: 'fs', queries: ['x'], results: [{ text: 'found' }] }),
      item('code_interpreter_call', { id: 'ci', code: '1+1', outputs: [{ logs: '2' }] }),
      item('mcp_call', { id: 'mc', name: 'ask', arguments: '{}', output: null, error: 'no' }),
    ],
    stored: [
      answer('', { calls: ['ws web_search {"query":"x"}'] }),
      answer('', { calls: ['fs file_search ["x"]'], toolResults: { fs: [{ text: 'found' }] } }),
      answer('', { calls: ['ci code_interpreter 1+1'], toolResults: { ci: [{ logs: '2' }] } }),
      answer('', { calls: ['mc ask {}'], toolResults: { mc: { error: 'no' } } }),
    ],
  },
  'item `image_generation_call`': {
    given: [item('image_generation_call', { id: 'ig', result: bytes })],
    stored: [answer([`<${picture}>`], { calls: ['ig image_generation {}'] })],
  },
  'item `reasoning`': {
    given: [item('reasoning', { id: 'r', summary: [item('summary_text', { text: 'Hm.' })] }), answer('So.')],
    stored: [answer('So.', { reasoning: 'Hm.' })],
  },
  'items `mcp_list_tools`, `item_reference`': {
    given: [item('mcp_list_tools', { tools: [] }), item('item_reference', { id: 'x' }), answer('So.')],
    stored: [answer('So.')],
  },
}

const anthropic: Record<string, Sample> = {
  'block `text`': { given: [user([item('text', { text: 'Hi' })])], stored: [user(['Hi'])] },
  '`citations` of a text': {
    given: [
      answer([
        item('text', { text: 'So.', citations: [item('web_search_result_location', { url, title: 'Install' })] }),
      ]),
    ],
    stored: [answer(['So.'], { links: [[url, 'Install']] })],
  },
  'block `image`': {
    given: [
      user([item('image', { source: item('base64', { media_type: 'image/png', data: bytes }) })]),
      user([item('image', { source: item('url', { url }) })]),
    ],
    stored: [user([`<${picture}>`]), user([`<${url}>`])],
  },
  'block `document`': {
    given: [
      user([
        item('document', { title: 'Report', source: item('base64', { media_type: 'application/pdf', data: 'x' }) }),
      ]),
    ],
    stored: [{ ...user(['[document: Report, application/pdf]']), placeholders: 1 }],
  },
  'blocks `tool_use`, `server_tool_use`': {
    given: [answer([item('tool_use', called), item('server_tool_use', { ...called, id: 's' })])],
    stored: [answer('', { calls: ['call_0 search {"q":1}', 's search {"q":1}'] })],
  },
  'block `tool_result`': {
    given: [1, 2].flatMap((turn) => [
      answer([item('text', { text: `Turn ${turn}` }), item('tool_use', called)]),
      user([
        item('tool_result', { tool_use_id: 'call_0', content: `found ${turn}` }),
        item('text', { text: `So ${turn}?` }),
      ]),
    ]),
    stored: [1, 2].flatMap((turn) => [
      { ...searched({ toolResults: { call_0: `found ${turn}` } }), content: `Turn ${turn}` },
      user(`So ${turn}?`),
    ]),
  },
  'a user message of nothing but `tool_result`': {
    given: [
      answer([item('tool_use', called)]),
      user([item('tool_result', { tool_use_id: 'call_0', content: 'found' })]),
    ],
    stored: [searched({ toolResults: { call_0: 'found' } })],
  },
  '`is_error` of a result': {
    given: [
      answer([item('tool_use', called)]),
      user([item('tool_result', { tool_use_id: 'call_0', content: 'no', is_error: true })]),
    ],
    stored: [searched({ toolResults: { call_0: { error: 'no' } } })],
  },
  'block `web_search_tool_result`': {
    given: [
      answer([
        item('server_tool_use', called),
        item('web_search_tool_result', { tool_use_id: 'call_0', content: [{ url }] }),
      ]),
    ],
    stored: [searched({ toolResults: { call_0: [{ url }] } })],
  },
  'block `thinking`': {
    given: [answer([item('thinking', { thinking: 'Hm.', signature: 's' }), item('text', { text: 'So.' })])],
    stored: [answer('So.', { reasoning: 'Hm.' })],
  },
  'block `redacted_thinking`': {
    given: [answer([item('redacted_thinking', { data: 'x' }), item('text', { text: 'So.' })])],
    stored: [answer('So.')],
  },
  '`stop_reason` `max_tokens` or `refusal`': {
    given: [cut({ stop_reason: 'max_tokens' }), cut({ stop_reason: 'refusal' })],
    stored: [stopped('max_tokens'), stopped('refusal')],
  },
}

const langChain: Record<string, Sample> = {
  'types `human`, `ai`, `system`': {
    given: ['system', 'human', 'ai'].map((type) => item(type, { content: type })),
    stored: [{ role: 'system', content: 'system' }, user('human'), answer('ai')],
  },
  'serialised messages (`kwargs`, `data`)': {
    given: [
      { lc: 1, type: 'constructor', id: ['langchain', 'HumanMessage'], kwargs: { content: 'Hi' } },
      { type: 'ai', data: { content: 'Hello' } },
    ],
    stored: [user('Hi'), answer('Hello')],
  },
  'flat `tool_calls` with `args`': {
    given: [item('ai', { content: '', tool_calls: [{ id: 'call_0', name: 'search', args: { q: 1 } }] })],
    stored: [searched()],
  },
  'type `tool`': {
    given: [
      item('ai', { content: '', tool_calls: [{ id: 'call_0', name: 'search', args: { q: 1 } }] }),
      item('tool', { content: 'found', tool_call_id: 'call_0' }),
    ],
    stored: [searched({ toolResults: { call_0: 'found' } })],
  },
  'a tool’s status `error`': {
    given: [
      item('ai', { content: '', tool_calls: [{ id: 'call_0', name: 'search', args: { q: 1 } }] }),
      item('tool', { content: 'no', tool_call_id: 'call_0', status: 'error' }),
    ],
    stored: [searched({ toolResults: { call_0: { error: 'no' } } })],
  },
  'standard block `image`': {
    given: [
      item('human', { content: [item('image', { source_type: 'url', url })] }),
      item('human', { content: [item('image', { source_type: 'base64', data: bytes, mime_type: 'image/png' })] }),
    ],
    stored: [user([`<${url}>`]), user([`<${picture}>`])],
  },
  'standard block `file`': {
    given: [
      item('human', { content: [item('file', { filename: 'report.pdf', mime_type: 'application/pdf', data: 'x' })] }),
    ],
    stored: [{ ...user(['[file: report.pdf, application/pdf]']), placeholders: 1 }],
  },
  'roles `userMessage`, `apiMessage`': {
    given: [
      { role: 'userMessage', content: 'Hi' },
      { role: 'apiMessage', content: 'Hello' },
    ],
    stored: [user('Hi'), answer('Hello')],
  },
  'Flowise’s `message`': {
    given: [
      { type: 'userMessage', message: 'Hi' },
      { type: 'apiMessage', message: 'Hello' },
    ],
    stored: [user('Hi'), answer('Hello')],
  },
  'Flowise’s `sourceDocuments`': {
    given: [
      item('apiMessage', {
        message: 'So.',
        sourceDocuments: [{ pageContent: '…', metadata: { source: url, title: 'Install' } }],
      }),
    ],
    stored: [answer('So.', { links: [[url, 'Install']] })],
  },
  'Flowise’s `usedTools`': {
    given: [
      item('apiMessage', { message: 'So.', usedTools: [{ tool: 'search', toolInput: { q: 1 }, toolOutput: 'found' }] }),
    ],
    stored: [answer('So.', { calls: ['call_0 search {"q":1}'], toolResults: { call_0: 'found' } })],
  },
  'Flowise’s `fileUploads`': {
    given: [
      item('userMessage', {
        message: 'This',
        fileUploads: [
          { name: 'a.png', mime: 'image/png', data: picture },
          { name: 'report.pdf', mime: 'application/pdf', data: 'x' },
        ],
      }),
    ],
    stored: [{ ...user(['This', `<${picture}>`, '[file: report.pdf, application/pdf]']), placeholders: 1 }],
  },
}

const agUi: Record<string, Sample> = {
  '`toolCalls`': { given: [answer(undefined, { toolCalls: [searchCall] })], stored: [searched()] },
  '`toolCallId` of a tool message': {
    given: [answer('', { toolCalls: [searchCall] }), { role: 'tool', toolCallId: 'call_0', content: 'found' }],
    stored: [searched({ toolResults: { call_0: 'found' } })],
  },
  '`error` of a tool message': {
    given: [answer('', { toolCalls: [searchCall] }), { role: 'tool', toolCallId: 'call_0', content: '', error: 'no' }],
    stored: [searched({ toolResults: { call_0: { error: 'no' } } })],
  },
  'role `reasoning`': {
    given: [{ role: 'reasoning', content: 'Hm.' }, answer('So.')],
    stored: [answer('So.', { reasoning: 'Hm.' })],
  },
  'role `activity`': {
    given: [{ id: 'a', role: 'activity', activityType: 'PLAN', content: { steps: [] } }],
    stored: [answer(['[activity: PLAN]'], { placeholders: 1 })],
  },
}

const aiSdk: Record<string, Sample> = {
  'part `text`': { given: [part(item('text', { text: 'So.' }))], stored: [answer('So.')] },
  'part `reasoning`': {
    given: [part(item('reasoning', { text: 'Hm.' }), said)],
    stored: [answer('So.', { reasoning: 'Hm.' })],
  },
  'part `file` that is a picture': {
    given: [part(item('file', { mediaType: 'image/png', url: picture }))],
    stored: [answer([`<${picture}>`])],
  },
  'part `file` that is another': {
    given: [part(item('file', { mediaType: 'application/pdf', filename: 'report.pdf', url }))],
    stored: [answer(['[file: report.pdf, application/pdf]'], { placeholders: 1 })],
  },
  'part `source-url`': {
    given: [part(said, item('source-url', { sourceId: 's', url, title: 'Install' }))],
    stored: [answer('So.', { links: [[url, 'Install']] })],
  },
  'part `source-document`': {
    given: [part(item('source-document', { sourceId: 's', title: 'Report', mediaType: 'application/pdf' }))],
    stored: [answer(['[source: Report, application/pdf]'], { placeholders: 1 })],
  },
  'part `data-…`': {
    given: [part(item('data-weather', { data: { degrees: 20 } }))],
    stored: [answer(['[data-weather]'], { placeholders: 1 })],
  },
  'part `step-start`': { given: [part(item('step-start', {}), said)], stored: [answer('So.')] },
  'tool states `input-streaming`, `input-available`': {
    given: [tool('input-streaming'), { ...tool('input-available'), id: 'n' }],
    stored: [searched(), searched()],
  },
  'tool states `approval-requested`, `approval-responded`': {
    given: [tool('approval-requested', { approval: { id: 'x' } }), { ...tool('approval-responded'), id: 'n' }],
    stored: [searched(), searched()],
  },
  'tool state `output-available`': {
    given: [tool('output-available', { output: 'found' })],
    stored: [searched({ toolResults: { call_0: 'found' } })],
  },
  'tool state `output-error`': {
    given: [tool('output-error', { input: undefined, rawInput: { q: 1 }, errorText: 'no' })],
    stored: [searched({ toolResults: { call_0: { error: 'no' } } })],
  },
  'tool state `output-denied`': {
    given: [tool('output-denied', { approval: { id: 'x', approved: false, reason: 'private' } })],
    stored: [searched({ toolResults: { call_0: { denied: true, reason: 'private' } } })],
  },
  'part `dynamic-tool`': {
    given: [
      part(
        item('dynamic-tool', { toolName: 'search', toolCallId: 'call_0', state: 'input-available', input: { q: 1 } }),
      ),
    ],
    stored: [searched()],
  },
  '`call_0` in two steps of one answer': {
    given: [
      {
        ...{ id: 'm', role: 'assistant' },
        parts: [1, 2].map((q) =>
          item('tool-search', { toolCallId: 'call_0', state: 'output-available', input: { q }, output: `found ${q}` }),
        ),
      },
    ],
    stored: [
      answer('', {
        calls: ['call_0 search {"q":1}', 'call_0#2 search {"q":2}'],
        toolResults: { call_0: 'found 1', 'call_0#2': 'found 2' },
      }),
    ],
  },
  'content of version 4': { given: [{ id: 'm', role: 'assistant', content: 'So.' }], stored: [answer('So.')] },
}

const assistantUi: Record<string, Sample> = {
  'part `text`': { given: [thread(item('text', { text: 'So.' }))], stored: [answer('So.')] },
  'part `reasoning`': {
    given: [thread([item('reasoning', { text: 'Hm.' }), said])],
    stored: [answer('So.', { reasoning: 'Hm.' })],
  },
  'part `image`': { given: [thread(item('image', { image: url }))], stored: [answer([`<${url}>`])] },
  'parts `file`, `audio`, `data`': {
    given: [
      thread(item('file', { filename: 'report.pdf', mimeType: 'application/pdf', data: 'x' })),
      thread(item('audio', { audio: { data: 'x', format: 'mp3' } }), { id: 'n' }),
      thread(item('data', { name: 'weather', data: {} }), { id: 'o' }),
    ],
    stored: ['[file: report.pdf, application/pdf]', '[audio]', '[data: weather]'].map((text) =>
      answer([text], { placeholders: 1 }),
    ),
  },
  'part `source`': {
    given: [thread([said, item('source', { sourceType: 'url', id: 's', url, title: 'Install' })])],
    stored: [answer('So.', { links: [[url, 'Install']] })],
  },
  'part `tool-call`': {
    given: [
      thread(item('tool-call', { toolCallId: 'call_0', toolName: 'search', argsText: '{"q":1}', result: 'found' })),
    ],
    stored: [searched({ toolResults: { call_0: 'found' } })],
  },
  '`isError` of a tool call': {
    given: [
      thread(
        item('tool-call', { toolCallId: 'call_0', toolName: 'search', args: { q: 1 }, result: 'no', isError: true }),
      ),
    ],
    stored: [searched({ toolResults: { call_0: { error: 'no' } } })],
  },
  'attachment that is a picture': {
    given: [
      thread(item('text', { text: 'This' }), {
        role: 'user',
        attachments: [
          {
            id: 'a',
            type: 'image',
            name: 'a.png',
            contentType: 'image/png',
            content: [item('image', { image: picture })],
          },
        ],
      }),
    ],
    stored: [user(['This', `<${picture}>`])],
  },
  'attachment that is another': {
    given: [
      thread(item('text', { text: 'This' }), {
        role: 'user',
        attachments: [
          {
            id: 'a',
            type: 'document',
            name: 'report.pdf',
            contentType: 'application/pdf',
            content: [item('text', { text: '…' })],
          },
        ],
      }),
    ],
    stored: [{ ...user(['This', '[document: report.pdf, application/pdf]']), placeholders: 1 }],
  },
  'status `running`, `requires-action`': {
    given: [
      thread(item('text', { text: 'Hi' }), { id: 'q', role: 'user' }),
      thread(item('text', { text: 'S' }), { status: { type: 'running' } }),
    ],
    stored: [user('Hi')],
  },
  'reason `cancelled`': {
    given: [thread(item('text', { text: 'S' }), { status: { type: 'incomplete', reason: 'cancelled' } })],
    stored: [answer('S', { status: 'aborted' })],
  },
  'reason `error`': {
    given: [thread(item('text', { text: 'S' }), { status: { type: 'incomplete', reason: 'error' } })],
    stored: [answer('S', { status: 'error' })],
  },
  'reasons `length`, `content-filter`, `other`': {
    given: ['length', 'content-filter', 'other'].map((reason) =>
      thread(item('text', { text: 'So f' }), { id: reason, status: { type: 'incomplete', reason } }),
    ),
    stored: ['length', 'content-filter', 'other'].map(stopped),
  },
  branches: {
    given: [
      thread(item('text', { text: 'Why?' }), { id: 'q', role: 'user' }),
      thread(item('text', { text: 'So.' }), { id: 'a2', metadata: { isOptimistic: false } }),
    ],
    stored: [user('Why?'), answer('So.')],
  },
}

const deepChat: Record<string, Sample> = {
  'roles `user`, `ai`': {
    given: [
      { role: 'user', text: 'Hi' },
      { role: 'ai', text: 'Hello' },
    ],
    stored: [user('Hi'), answer('Hello')],
  },
  'another role': { given: [{ role: 'Bob', text: 'Hello' }], stored: [answer('Hello', { name: 'Bob' })] },
  '`text`': { given: [{ role: 'ai', text: 'a < b' }], stored: [answer('a < b')] },
  '`html` with entities and blocks': {
    given: [
      { role: 'ai', html: '<div><p>Fish &amp; chips&#33;</p><ul><li>2 &lt; 3</li><li>4 < 5</li></ul>a<br>b</div>' },
    ],
    stored: [answer('Fish & chips!\n2 < 3\n4 < 5\na\nb')],
  },
  'links in `html`': {
    given: [{ role: 'ai', html: `See <a class="x" href="${url}?a=1&amp;b=2">the <b>guide</b></a>.` }],
    stored: [answer('See the guide.', { links: [[`${url}?a=1&b=2`, 'the guide']] })],
  },
  'styles, scripts and comments in `html`': {
    given: [
      {
        role: 'ai',
        html: '<style>p > b { color: red }</style><script>if (1 < 2) x("</p>")</script><!-- <b>no</b> -->Yes',
      },
    ],
    stored: [answer('Yes')],
  },
  'buttons in `html`': {
    given: [{ role: 'ai', html: 'Go on?<button class="deep-chat-suggestion-button">Yes</button><button>No</button>' }],
    stored: [answer(['Go on?', '[button: Yes]', '[button: No]'], { placeholders: 2 })],
  },
  'fields in `html`': {
    given: [{ role: 'ai', html: '<form>Who? <input placeholder="Your name"></form>' }],
    stored: [answer(['Who?', '[input: Your name]'], { placeholders: 1 })],
  },
  'pictures in `html`': {
    given: [{ role: 'ai', html: `Look <img alt="x" src='${url}'>` }],
    stored: [answer(['Look', `<${url}>`])],
  },
  '`files` that are pictures': {
    given: [{ role: 'user', text: 'This', files: [{ src: picture, name: 'a.png', type: 'image' }] }],
    stored: [user(['This', `<${picture}>`])],
  },
  '`files` that are others': {
    given: [
      {
        role: 'user',
        files: [
          { src: 'data:x', name: 'report.pdf', type: 'any' },
          { name: 'note.mp3', type: 'audio' },
        ],
      },
    ],
    stored: [{ ...user(['[file: report.pdf]', '[audio: note.mp3]']), placeholders: 2 }],
  },
  '`error`': { given: [{ role: 'ai', error: 'No network' }], stored: [answer('No network', { status: 'error' })] },
}

const inkeep: Record<string, Sample> = {
  'content that is text, or a list of texts': {
    given: [
      { id: 'q', ...user('Hi') },
      { id: 'a', ...answer([item('text', { text: 'Hel' }), item('text', { text: 'lo' })]) },
    ],
    stored: [user('Hi'), answer('Hello')],
  },
  '`links`': {
    given: [{ id: 'a', ...answer('So.'), links: [{ url, title: 'Install', type: 'documentation' }] }],
    stored: [answer('So.', { links: [[url, 'Install']] })],
  },
  '`tool_calls`': { given: [{ id: 'a', ...answer(''), tool_calls: [searchCall] }], stored: [searched()] },
  'a content part of another kind': {
    given: [{ id: 'a', ...answer([item('text', { text: 'So.' }), item('file', { name: 'report.pdf' })]) }],
    stored: [answer(['So.', '[file: report.pdf]'], { placeholders: 1 })],
  },
}

/** A run of events. */
const run = (...events: object[]) => [{ type: 'RUN_STARTED', threadId: 't' }, ...events]
const event = (type: string, rest: object = {}) => ({ type, ...rest })
const begun = [
  event('TEXT_MESSAGE_START', { messageId: 'm', role: 'assistant' }),
  event('TEXT_MESSAGE_CONTENT', { messageId: 'm', delta: 'So f' }),
]
const ended = event('TEXT_MESSAGE_END', { messageId: 'm' })
const calling = [
  event('TOOL_CALL_START', { toolCallId: 'call_0', toolCallName: 'search', parentMessageId: 'm' }),
  event('TOOL_CALL_ARGS', { toolCallId: 'call_0', delta: '{"q"' }),
  event('TOOL_CALL_ARGS', { toolCallId: 'call_0', delta: ':1}' }),
  event('TOOL_CALL_END', { toolCallId: 'call_0' }),
]

const agUiEvents: Record<string, Sample> = {
  '`RUN_STARTED` with `input.messages`, `MESSAGES_SNAPSHOT`': {
    given: [
      event('RUN_STARTED', { input: { messages: [{ id: 'q', ...user('Hi') }] } }),
      event('MESSAGES_SNAPSHOT', {
        messages: [
          { id: 'q', ...user('Hi') },
          { id: 'a', ...answer('Hello') },
        ],
      }),
    ],
    stored: [user('Hi'), answer('Hello')],
  },
  '`TEXT_MESSAGE_START`, `…_CONTENT`, `…_END`': {
    given: run(...begun, event('TEXT_MESSAGE_CONTENT', { messageId: 'm', delta: 'ar.' }), ended),
    stored: [answer('So far.')],
  },
  '`TEXT_MESSAGE_CHUNK`': {
    given: run(
      event('TEXT_MESSAGE_CHUNK', { messageId: 'm', role: 'assistant', delta: 'So ' }),
      event('TEXT_MESSAGE_CHUNK', { delta: 'far.' }),
      event('TEXT_MESSAGE_CHUNK', { messageId: 'n', role: 'assistant', delta: 'And on.' }),
      event('RUN_FINISHED'),
    ),
    stored: [answer('So far.'), answer('And on.')],
  },
  '`TOOL_CALL_START`, `…_ARGS`, `…_END`': {
    given: run(...begun, ended, ...calling),
    stored: [{ ...searched(), content: 'So f' }],
  },
  '`TOOL_CALL_RESULT`': {
    given: run(
      ...begun,
      ended,
      ...calling,
      event('TOOL_CALL_RESULT', { messageId: 'r', toolCallId: 'call_0', content: 'found' }),
    ),
    stored: [{ ...searched({ toolResults: { call_0: 'found' } }), content: 'So f' }],
  },
  '`REASONING_MESSAGE_…`, `THINKING_TEXT_MESSAGE_…`': {
    given: run(
      event('REASONING_MESSAGE_START', { messageId: 'r' }),
      event('REASONING_MESSAGE_CONTENT', { messageId: 'r', delta: 'Hm.' }),
      event('REASONING_MESSAGE_END', { messageId: 'r' }),
      event('THINKING_TEXT_MESSAGE_START'),
      event('THINKING_TEXT_MESSAGE_CONTENT', { delta: 'Yes.' }),
      ...begun,
      ended,
    ),
    stored: [answer('So f', { reasoning: 'Hm.\n\nYes.' })],
  },
  '`RUN_FINISHED`': { given: run(...begun, event('RUN_FINISHED')), stored: [answer('So f')] },
  '`RUN_ERROR`': {
    given: [...run(...begun, event('RUN_ERROR', { message: 'Lost' })), event('RUN_ERROR', { message: 'No network' })],
    stored: [answer('So f', { status: 'error' }), answer('No network', { status: 'error' })],
  },
  '`ACTIVITY_SNAPSHOT`': {
    given: run(event('ACTIVITY_SNAPSHOT', { messageId: 'p', activityType: 'PLAN', content: {} })),
    stored: [answer(['[activity: PLAN]'], { placeholders: 1 })],
  },
  '`STEP_…`, `STATE_…`, `RAW`, `CUSTOM`': {
    given: run(
      ...['STEP_STARTED', 'STATE_SNAPSHOT', 'STATE_DELTA', 'RAW', 'CUSTOM', 'NEWER'].map((type) => event(type)),
      ...begun,
      ended,
    ),
    stored: [answer('So f')],
  },
}

const activity = (rest: object) => ({ type: 'message', id: 'a', from: { id: 'b', role: 'bot' }, ...rest })
const streamed = (rest: object, streamType: string, text: string) => ({
  ...activity({ text, ...rest }),
  entities: [
    { type: 'streaminfo', streamType, ...(streamType === 'final' || 'next' in rest ? { streamId: 's' } : {}) },
  ],
})
const card = (name: string, content: object) => ({ contentType: `application/vnd.microsoft.card.${name}`, content })

const webChat: Record<string, Sample> = {
  'type `message`': {
    given: [
      activity({ id: 'q', text: 'Hi', from: { id: 'u', role: 'user' } }),
      activity({ text: 'Hello', from: { id: 'b', role: 'bot', name: 'Osier' } }),
    ],
    stored: [user('Hi'), answer('Hello', { name: 'Osier' })],
  },
  'types `typing`, `event`, `conversationUpdate`': {
    given: [
      ...['typing', 'event', 'conversationUpdate'].map((type) => activity({ type, id: type, name: 'x' })),
      activity({ text: 'Hello' }),
    ],
    stored: [answer('Hello')],
  },
  'pieces of a stream (`streaminfo`)': {
    given: [
      streamed({ type: 'typing', id: 's' }, 'streaming', 'So'),
      streamed({ type: 'typing', id: 't', next: true }, 'streaming', 'So f'),
      streamed({ id: 'z' }, 'final', 'So far.'),
    ],
    stored: [answer('So far.')],
  },
  'an informative piece': {
    given: [streamed({ type: 'typing', id: 's' }, 'informative', 'Searching'), activity({ id: 'z', text: 'So.' })],
    stored: [answer('So.')],
  },
  'attachment `image/…`': {
    given: [activity({ text: 'This', attachments: [{ contentType: 'image/png', contentUrl: url, name: 'a.png' }] })],
    stored: [answer(['This', `<${url}>`])],
  },
  'another attachment': {
    given: [activity({ attachments: [{ contentType: 'application/pdf', contentUrl: url, name: 'report.pdf' }] })],
    stored: [answer(['[file: report.pdf, application/pdf]'], { placeholders: 1 })],
  },
  'hero, thumbnail, sign-in, receipt and media cards': {
    given: [
      activity({
        attachments: [
          card('hero', {
            ...{ title: 'Osier', text: 'A basket', images: [{ url }] },
            buttons: [
              { type: 'openUrl', title: 'Install', value: url },
              { type: 'imBack', title: 'Yes', value: 'Yes' },
            ],
          }),
        ],
      }),
    ],
    stored: [
      answer(['Osier\n\nA basket', `<${url}>`, '[button: Yes]'], { placeholders: 1, links: [[url, 'Install']] }),
    ],
  },
  'adaptive card': {
    given: [
      activity({
        attachments: [
          card('adaptive', {
            body: [
              { type: 'Container', items: [{ type: 'TextBlock', text: 'Who are you?' }] },
              { type: 'Input.Text', label: 'Name' },
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Install', url }],
          }),
        ],
      }),
    ],
    stored: [answer(['Who are you?', '[input: Name]'], { placeholders: 1, links: [[url, 'Install']] })],
  },
  'citations in `entities`': {
    given: [
      activity({
        text: 'So.',
        entities: [{ type: 'https://schema.org/Message', citation: [{ appearance: { name: 'Install', url } }] }],
      }),
    ],
    stored: [answer('So.', { links: [[url, 'Install']] })],
  },
  '`suggestedActions`': {
    given: [activity({ text: 'Go on?', suggestedActions: { actions: [{ type: 'imBack', title: 'Yes' }] } })],
    stored: [answer('Go on?')],
  },
}

/** By a table's heading, then by the row's first column. */
export const samples: Record<string, Record<string, Sample>> = {
  'OpenAI Chat Completions': chatCompletions,
  'OpenAI Responses': responses,
  Anthropic: anthropic,
  'LangChain and Flowise': langChain,
  'CopilotKit and AG-UI messages': agUi,
  'AI SDK, versions 5 and 6': aiSdk,
  'assistant-ui': assistantUi,
  'deep-chat': deepChat,
  Inkeep: inkeep,
  'AG-UI events': agUiEvents,
  'Web Chat activities': webChat,
}
