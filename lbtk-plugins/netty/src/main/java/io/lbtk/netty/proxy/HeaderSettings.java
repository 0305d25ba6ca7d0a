package io.lbtk.netty.proxy;

/**
 * What a proxy does about headers of the PROXY protocol.
 *
 * @param send what its targets get
 * @param acceptFrom peers whose connections begin with a header; those of others never do
 * @param waitNanos how long such a header may take
 */
record HeaderSettings(ProxyProtocol send, CidrList acceptFrom, long waitNanos) {}
