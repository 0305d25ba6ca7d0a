/**
 * TLS for TCP connections, with contexts that are rebuilt when their PEM files change.
 *
 * <p>{@link io.lbtk.net.tls.TlsSettings} names the files, {@link io.lbtk.net.tls.Tls} creates the
 * handlers. All cryptography is that of the JDK.
 */
@NullMarked
package io.lbtk.net.tls;

import org.jspecify.annotations.NullMarked;
