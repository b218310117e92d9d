/** Examples by their names. */
export type Examples = Record<string, { summary: string; value: Record<string, unknown> }>

const visitor = { id: 'V1StGXR8_Z5jdHi6B-myT', identificationType: 'COOKIED' }

/** Bodies that may be sent as they are; they are what the examples of the other operations then find. */
export const requestExamples = {
  conversations: {
    smallest: {
      summary: 'One question',
      value: { type: 'openai', messages: [{ role: 'user', content: 'How do I install it?' }] },
    },
    chat: {
      summary: 'A chat as the script sends it',
      value: {
        id: 'c1',
        type: 'openai',
        createdAt: '2026-03-01T12:00:00.000Z',
        updatedAt: '2026-03-01T12:00:09.000Z',
        userProperties: visitor,
        tags: ['docs'],
        properties: {
          chatlog: {
            visitorId: visitor.id,
            page: { url: 'https://docs.example.com/', title: 'Documentation' },
          },
        },
        messages: [
          {
            id: 'c1.m1',
            role: 'user',
            content: 'How do I install it?',
            createdAt: '2026-03-01T12:00:00.000Z',
            updatedAt: '2026-03-01T12:00:00.000Z',
          },
          {
            id: 'c1.m2',
            role: 'assistant',
            content: 'With npm.',
            links: [{ url: 'https://docs.example.com/install', label: 'Install', type: 'documentation' }],
            createdAt: '2026-03-01T12:00:04.000Z',
            updatedAt: '2026-03-01T12:00:09.000Z',
            properties: {
              chatlog: {
                status: 'complete',
                linkClicks: [
                  {
                    url: 'https://docs.example.com/install',
                    label: 'Install',
                    clickedAt: '2026-03-01T12:00:09.000Z',
                  },
                ],
              },
            },
          },
        ],
      },
    },
    parts: {
      summary: 'An image and a tool call',
      value: {
        id: 'c2',
        type: 'openai',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What does this mean?' },
              { type: 'image_url', image_url: { url: 'https://docs.example.com/error.png', detail: 'low' } },
            ],
          },
          {
            role: 'assistant',
            content: '',
            tool_calls: [{ id: 't1', type: 'function', function: { name: 'search', arguments: '{"q":"error 7"}' } }],
          },
        ],
      },
    },
    ticket: {
      summary: 'A support ticket',
      value: {
        id: 'ticket-7',
        type: 'support_ticket',
        supportTicketConversationId: '7',
        messages: [
          { role: 'customer', content: 'It stopped.' },
          { role: 'agent', content: null, userProperties: { supportAgentName: 'Kim' } },
        ],
      },
    },
  },
  events: {
    message: {
      summary: 'Of a message',
      value: { type: 'copied', entityType: 'message', messageId: 'c1.m2', userProperties: visitor },
    },
    conversation: {
      summary: 'Of a conversation',
      value: { type: 'opened', entityType: 'conversation', conversationId: 'c1', properties: { from: 'shortcut' } },
    },
    search: {
      summary: 'Of a search',
      value: { type: 'searched', entityType: 'search', searchQuery: 'retries', userProperties: visitor },
    },
  },
  feedback: {
    negative: {
      summary: 'Not helpful, and why',
      value: {
        type: 'negative',
        messageId: 'c1.m2',
        reasons: [{ label: 'incomplete', details: 'It doesn’t say which version.' }],
        userProperties: visitor,
      },
    },
    positive: { summary: 'Helpful', value: { id: 'f1', type: 'positive', messageId: 'c1.m2' } },
  },
} satisfies Record<string, Examples>
