from mock_server.testing import mock_stripe as mock_stripe

__all__ = ["mock_stripe"]
